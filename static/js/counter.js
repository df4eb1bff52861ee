/**
 * Characters left in a field: <p data-counter-for="id" data-limit="200" data-left="…" data-over="…">.
 * It speaks up when the end of a long field is near, and all the time in a short one.
 * A line break counts as two, because that is how forms send it. Nothing stops the typing; the server decides.
 */
const COUNTED = "[data-counter-for]";
const SHORT = 300;
const NEAR = 0.1; // of the limit

function countOf(text) {
  return [...text.replace(/\r?\n/g, "\r\n")].length;
}

function update(counter) {
  const field = document.getElementById(counter.dataset.counterFor);
  if (!field) return;
  const limit = Number(counter.dataset.limit);
  const left = limit - countOf(field.value);
  counter.hidden = limit > SHORT && left > limit * NEAR;
  counter.textContent = `${Math.abs(left).toLocaleString(document.documentElement.lang)} ${left < 0 ? counter.dataset.over : counter.dataset.left}`;
  counter.classList.toggle("is-over", left < 0);
}

function start(root) {
  for (const counter of root.querySelectorAll(COUNTED)) {
    // The browser would cut a pasted text off without a word.
    document.getElementById(counter.dataset.counterFor)?.removeAttribute("maxlength");
    update(counter);
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.id) return;
  for (const counter of document.querySelectorAll(`[data-counter-for="${CSS.escape(event.target.id)}"]`)) update(counter);
});

document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
