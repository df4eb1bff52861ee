/**
 * What gets the focus by the keyboard is shown whole: browsers leave what is half under a bar where it is.
 *
 * The focus is never lost when htmx replaces what has it. Unless the new part asks for it (autofocus) or holds an element
 * with the same id, it goes to the chosen row of a list that keys move along, or else to what stands in its place now:
 * the next stop of Tab from there is the one that it would have been.
 */
const STOPS = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary";
let place = -1;

const stops = () => [...document.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const focused = document.activeElement;
  place = focused !== document.body && detail.target.contains(focused) ? stops().indexOf(focused) : -1;
});

document.addEventListener("htmx:afterSettle", () => {
  if (place < 0 || document.activeElement !== document.body) return;
  const chosen = [...document.querySelectorAll("[aria-current] [data-key-item]")].find((item) => item.checkVisibility());
  const all = stops();
  (chosen ?? all[Math.min(place, all.length - 1)])?.focus();
  place = -1;
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
