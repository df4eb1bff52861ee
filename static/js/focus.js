/**
 * What gets the focus by the keyboard is shown whole: browsers leave what is half under a bar where it is.
 *
 * The focus is never lost when htmx replaces what has it. Unless the new part asks for it (autofocus) or holds an element
 * with the same id, it goes to the chosen row of a list that keys move along, or else to what stands in its place now:
 * the next stop of Tab from there is the one that it would have been. When the new part takes the place of what has the
 * focus, on a narrow screen, it goes to the first stop in it.
 *
 * What people have opened in a part that renews itself stays open.
 */
const STOPS = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary";
let focused = null; // what had the focus before the swap
let target = ""; // the id of what is replaced
let isReplaced = false; // the focused one, itself
let place = -1; // where it was among all stops, if it was one
let opened = []; // which details of a part that renews itself are open, in their order

const stopsIn = (root) => [...root.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());

function remember({ detail }) {
  if (!focused || !detail.target.contains(focused)) return;
  isReplaced = true;
  place = stopsIn(document).indexOf(focused);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  focused = document.activeElement === document.body ? null : document.activeElement;
  target = event.detail.target.id;
  isReplaced = false;
  const renews = event.detail.target.matches('[hx-trigger^="every"]');
  opened = renews ? [...event.detail.target.querySelectorAll("details")].map((one) => one.open) : [];
  remember(event);
});
// What is put in beside the answer: the place of a toast whose button was pressed.
document.addEventListener("htmx:oobBeforeSwap", remember);

function next() {
  const chosen = [...document.querySelectorAll("[aria-current] [data-key-item]")].find((item) => item.checkVisibility());
  if (isReplaced && chosen) return chosen;
  const all = stopsIn(document);
  return isReplaced && place >= 0 ? all[Math.min(place, all.length - 1)] : stopsIn(document.getElementById(target) ?? document)[0];
}

document.addEventListener("htmx:afterSettle", () => {
  opened.forEach((open, at) => document.getElementById(target)?.querySelectorAll("details")[at]?.toggleAttribute("open", open));
  const holder = document.activeElement;
  if (focused && (holder === document.body || !holder.checkVisibility())) next()?.focus();
  focused = null;
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
