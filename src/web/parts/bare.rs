//! The frame of a narrow page without navigation: sign in, set-up, answer, error. A template
//! struct embeds it as `page` and extends `layout_bare.html`.

use time::OffsetDateTime;

use super::csrf::Csrf;
use super::head::Head;
use super::strip::Banner;
use crate::web::assets::{CLOCKS_JS, COPY_JS, ONCE_JS};

/// The frame: head, brand, banners.
#[derive(Debug, Clone)]
pub struct Bare {
    /// Title, scripts, body's classes.
    pub head: Head,
    /// Stands in every POST form as `{{ page.csrf }}`.
    pub csrf: Csrf,
    /// About the page or the installation.
    pub banners: Vec<Banner>,
    /// Whether the brand stands on top, leading to the front page; who has only a link has no
    /// front page.
    pub brand: bool,
}

impl Bare {
    /// A page drawn at `now`.
    #[must_use]
    pub fn new(title: impl Into<String>, now: OffsetDateTime) -> Bare {
        let head = Head::new(title, now, vec![CLOCKS_JS, COPY_JS, ONCE_JS]);
        Bare { head, csrf: Csrf::default(), banners: Vec::new(), brand: true }
    }

    /// Its forms carry this token.
    #[must_use]
    pub fn csrf(mut self, csrf: Csrf) -> Bare {
        self.csrf = csrf;
        self
    }

    /// The level it stands under, and whether that is an exercise.
    #[must_use]
    pub fn under(mut self, level: u8, drill: bool) -> Bare {
        self.head.level = Some(level);
        self.head.drill = drill;
        self
    }

    /// A form on it was refused.
    #[must_use]
    pub fn refused(mut self) -> Bare {
        self.head.refused = true;
        self
    }

    /// One more banner.
    #[must_use]
    pub fn banner(mut self, banner: Banner) -> Bare {
        self.banners.push(banner);
        self
    }

    /// For a reader who has nothing but this link.
    #[must_use]
    pub fn without_brand(mut self) -> Bare {
        self.brand = false;
        self
    }
}
