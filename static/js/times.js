/**
 * The exact time of <time data-exact>, which marks.css shows on hover and on focus:
 * - one that stands beside nothing that takes the focus becomes a stop of the Tab key itself;
 * - one in a row lies above the link that fills it, and hands its clicks on;
 * - Escape puts it away until the pointer or the focus moves on (WCAG 1.4.13).
 */
const STOPS = "a[href], button, input, select, summary";
const root = document.documentElement;

function giveStops(part) {
  for (const time of part.querySelectorAll("time[data-exact]")) {
    const around = time.closest(".row, tr, .meta");
    const has = time.closest(STOPS) || around?.querySelector(STOPS);
    if (!has) time.tabIndex = 0;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.matches(".row time") && event.target.closest(".row").querySelector(".row-title a");
  if (link && !event.target.closest(STOPS)) link.dispatchEvent(new MouseEvent("click", event));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") root.dataset.hush = "";
});
for (const moving of ["focusin", "pointerover"]) {
  document.addEventListener(moving, () => delete root.dataset.hush);
}

document.addEventListener("htmx:load", (event) => giveStops(event.target));
giveStops(document);
