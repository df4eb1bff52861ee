/**
 * Short notes at the edge of the page, which a screen reader speaks. One with buttons stays until it is answered.
 * What scripts say in them are data attributes of #toasts, so that it is translated where all other words are.
 */
const SECONDS = 8;
const place = document.getElementById("toasts");

export const words = place.dataset;

/** Show a text; each button is a pair of its label and what pressing it does. */
export function toast(text, ...buttons) {
  const shown = document.createElement("p");
  shown.className = "toast";
  shown.append(text);
  for (const [label, act] of buttons) {
    const button = document.createElement("button");
    button.className = "button";
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => (shown.remove(), act()));
    shown.append(button);
  }
  place.append(shown);
  if (!buttons.length) setTimeout(() => shown.remove(), SECONDS * 1000);
}
