//! A job is one worker's at a time.

use muster::domain::id::DeliveryId;
use muster::queue::{self, End, Job, LEASE, Urgency};
use muster::{store, worker};
use sqlx::PgPool;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::support::app::TestApp;
use crate::support::cluster::Cluster;

const NOW: OffsetDateTime = datetime!(2026-11-14 02:12 UTC);

async fn pool(database: &str) -> PgPool {
    let cluster = Cluster::shared().await;
    cluster.create_database(database).await;
    let pool = PgPool::connect_with(cluster.options(database)).await.unwrap();
    store::migrations::apply(&pool).await.unwrap();
    pool
}

#[tokio::test]
async fn two_claimers_never_get_the_same_job() {
    let pool = pool("queue_two").await;
    let (mut one, mut two) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    let mut conn = pool.acquire().await.unwrap();
    for _ in 0..2 {
        let job = Job::SendDelivery { delivery: DeliveryId::new(NOW) };
        queue::enqueue(&mut conn, (&job, Urgency::Notice), NOW, NOW).await.unwrap();
        queue::enqueue(&mut conn, (&job, Urgency::Notice), NOW, NOW).await.unwrap(); // put once
    }

    let first = queue::claim(&mut one, 1, NOW).await.unwrap();
    let second = queue::claim(&mut two, 5, NOW).await.unwrap();

    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first[0].id, second[0].id);
}

#[tokio::test]
async fn a_lapsed_lease_is_taken_over_and_the_late_worker_settles_nothing() {
    let pool = pool("queue_lapsed").await;
    let mut conn = pool.acquire().await.unwrap();
    let job = Job::SendDelivery { delivery: DeliveryId::new(NOW) };
    queue::enqueue(&mut conn, (&job, Urgency::Notice), NOW, NOW).await.unwrap();
    let late = queue::claim(&mut conn, 5, NOW).await.unwrap().remove(0);
    let held = queue::claim(&mut conn, 5, NOW + LEASE - Duration::SECOND).await.unwrap();
    assert_eq!(held, []);

    let then = NOW + LEASE;
    let taken = queue::claim(&mut conn, 5, then).await.unwrap().remove(0);

    assert_eq!((taken.id, taken.attempt), (late.id, 2));
    assert!(!queue::heartbeat(&mut conn, &late, then).await.unwrap());
    for end in [End::Done, End::Dead("no".into()), End::Again(then, "later".into())] {
        let held = queue::settle(&mut conn, &[(late.clone(), end)], then).await.unwrap();
        assert_eq!(held, []);
    }
    let both = [(late, End::Dead("no".into())), (taken.clone(), End::Done)];
    assert_eq!(queue::settle(&mut conn, &both, then).await.unwrap(), [taken.id]);
}

#[tokio::test]
async fn whoever_has_in_hand_what_something_else_stands_for_by_now_brings_it_back_by_nothing() {
    let pool = pool("queue_replaced").await;
    let mut conn = pool.acquire().await.unwrap();
    let job = Job::SendDelivery { delivery: DeliveryId::new(NOW) };
    queue::enqueue(&mut conn, (&job, Urgency::Notice), NOW, NOW).await.unwrap();
    let held = queue::claim(&mut conn, 1, NOW).await.unwrap().remove(0);

    queue::replace(&mut conn, &[job], NOW).await.unwrap();

    assert!(!queue::heartbeat(&mut conn, &held, NOW).await.unwrap());
    let again = (held, End::Again(NOW, "greylisted".into()));
    assert_eq!(queue::settle(&mut conn, &[again], NOW).await.unwrap(), []);
    assert_eq!(queue::claim(&mut conn, 1, NOW + LEASE).await.unwrap(), []);
}

#[tokio::test]
async fn jobs_that_end_together_are_put_down_each_in_its_own_way() {
    let pool = pool("queue_together").await;
    let mut conn = pool.acquire().await.unwrap();
    for _ in 0..3 {
        let job = Job::SendDelivery { delivery: DeliveryId::new(NOW) };
        queue::enqueue(&mut conn, (&job, Urgency::Notice), NOW, NOW).await.unwrap();
    }
    let claimed = queue::claim(&mut conn, 5, NOW).await.unwrap();
    let (later, why) = (NOW + Duration::MINUTE, "greylisted".to_owned());
    let ends = [End::Done, End::Dead("no such user".into()), End::Again(later, why)];

    let ended: Vec<_> = claimed.into_iter().zip(ends).collect();
    assert_eq!(queue::settle(&mut conn, &ended, NOW).await.unwrap().len(), 3);

    let rows = "select concat_ws(' ', state, last_error, extract(epoch from run_at - $1)::int,
                    finished_at = $1, lease_until) from jobs order by state";
    let rows: Vec<String> = sqlx::query_scalar(rows).bind(NOW).fetch_all(&mut *conn).await.unwrap();
    assert_eq!(rows, ["dead no such user 0 t", "done 0 t", "ready greylisted 60"]);
}

#[tokio::test]
async fn pages_go_before_notices_and_graver_ones_before_lighter_ones() {
    let pool = pool("queue_urgency").await;
    let mut conn = pool.acquire().await.unwrap();
    let put = [Urgency::Notice, Urgency::Page(1), Urgency::Page(4), Urgency::Page(2)];
    for urgency in put {
        let job = Job::SendDelivery { delivery: DeliveryId::new(NOW) };
        queue::enqueue(&mut conn, (&job, urgency), NOW, NOW).await.unwrap();
    }

    let mut order = Vec::new();
    for _ in put {
        let claimed = queue::claim(&mut conn, 1, NOW).await.unwrap().remove(0);
        let which = "select priority from jobs where id = $1";
        let priority: i16 =
            sqlx::query_scalar(which).bind(claimed.id.0).fetch_one(&mut *conn).await.unwrap();
        order.push(priority);
    }

    assert_eq!(order, [1, 3, 4, 5]);
}

#[tokio::test]
async fn a_page_goes_before_a_notice_that_a_silent_worker_had_in_hand() {
    let pool = pool("queue_silent").await;
    let mut conn = pool.acquire().await.unwrap();
    for (urgency, at) in [(Urgency::Notice, NOW), (Urgency::Page(1), NOW + LEASE)] {
        let job = Job::SendDelivery { delivery: DeliveryId::new(NOW) };
        queue::enqueue(&mut conn, (&job, urgency), at, NOW).await.unwrap();
        queue::claim(&mut conn, 1, NOW).await.unwrap();
    }

    let first = queue::claim(&mut conn, 1, NOW + LEASE).await.unwrap();
    let then = queue::claim(&mut conn, 1, NOW + LEASE).await.unwrap();

    assert_eq!((first[0].attempt, then[0].attempt), (1, 2), "the page, then the notice");
}

#[tokio::test]
async fn work_of_a_later_release_is_left_to_it_or_not_guessed_at() {
    let pool = pool("queue_later").await;
    let mut conn = pool.acquire().await.unwrap();
    let delivery = DeliveryId::new(NOW);
    for _ in 0..2 {
        let job = Job::SendDelivery { delivery: DeliveryId::new(NOW) };
        queue::enqueue(&mut conn, (&job, Urgency::Notice), NOW, NOW).await.unwrap();
    }
    let kinds =
        "update jobs set kind = 'send-pigeon' where id = (select min(id::text)::uuid from jobs)";
    let formats = "update jobs set args = jsonb_build_object('format', 2, 'delivery', $1::text)";
    sqlx::query(formats).bind(delivery.to_string()).execute(&mut *conn).await.unwrap();
    sqlx::query(kinds).execute(&mut *conn).await.unwrap();

    let claimed = queue::claim(&mut conn, 5, NOW).await.unwrap();

    assert_eq!(claimed.len(), 1, "of the two only the kind that it knows");
    assert_eq!(claimed[0].job, None, "whose arguments it can't read");
    assert_eq!(queue::claim(&mut conn, 5, NOW + LEASE).await.unwrap().len(), 1);
}

#[tokio::test]
async fn ended_jobs_are_kept_for_a_while_and_waiting_ones_for_ever() {
    let (app, _) = TestApp::owned().await;
    for (state, lease, ended) in [
        ("ready", "null", "null"),
        ("running", "now()", "null"),
        ("done", "null", "'2026-11-14 02:12Z'"),
        ("dead", "null", "'2026-11-14 02:12Z'"),
    ] {
        let job = format!(
            "insert into jobs (id, kind, args, state, run_at, lease_until, created_at, finished_at)
             values (gen_random_uuid(), 'elsewhere', '{{}}', '{state}', now(), {lease}, now(), {ended})"
        );
        assert_eq!(app.tamper(&job).await, 1);
    }
    let left = async || app.tamper("select from jobs").await;

    worker::prune(&app.toolbox()).await.unwrap();
    assert_eq!(left().await, 4);
    app.clock.advance(queue::DONE_KEPT);
    worker::prune(&app.toolbox()).await.unwrap();
    assert_eq!(left().await, 3, "what was done is gone");
    app.clock.advance(queue::DEAD_KEPT);
    worker::prune(&app.toolbox()).await.unwrap();
    assert_eq!(left().await, 2, "what waits or runs stays");
    app.end().await;
}
