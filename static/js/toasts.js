/**
 * Short notes at the edge of the page, which a screen reader speaks.
 *
 * What scripts say in them are data attributes of #toasts, so that it is translated where all other words are. One from
 * the server, <form data-undo="10">, counts down in its <output>: the server has the last word about the time.
 */
const SECONDS = 8;
const place = document.getElementById("toasts");

export const words = place.dataset;

/** Take a note away after some seconds, not counting those in which it has the pointer or the focus. */
function leave(note, seconds) {
  const output = note.querySelector("output");
  let left = seconds;
  const timer = setInterval(() => {
    if (!note.isConnected) return clearInterval(timer);
    if (note.matches(":hover, :focus-within")) return undefined;
    left -= 1;
    if (output) output.textContent = String(left);
    if (left > 0) return undefined;
    note.remove();
    return clearInterval(timer);
  }, 1000);
}

function button(label, act) {
  const made = document.createElement("button");
  made.className = "button";
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

/** Show a text. Buttons are pairs of a label and what pressing it does; with them it stays until one is pressed. */
export function toast(text, ...buttons) {
  const shown = document.createElement("p");
  shown.className = "toast";
  shown.append(text);
  for (const [label, act] of buttons) shown.append(button(label, () => (shown.remove(), act())));
  if (buttons.length) shown.append(button(words.later, () => shown.remove()));
  else leave(shown, SECONDS);
  place.append(shown);
}

const counted = new WeakSet();

function start(root) {
  const found = [...root.querySelectorAll("[data-undo]")];
  if (root.matches?.("[data-undo]")) found.push(root);
  for (const note of found) {
    if (!counted.has(note)) leave(note, Number(note.dataset.undo));
    counted.add(note);
  }
}

document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
