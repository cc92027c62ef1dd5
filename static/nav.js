// Where the navigation scrolls sideways, the page one is on is in sight.
document.querySelector(".top nav [aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" })
