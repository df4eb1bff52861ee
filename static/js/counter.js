/**
 * Characters left in a field: <p data-counter-for="id" data-limit="200">, whose words are data attributes.
 * It is seen when the end of a long field is near, and all the time in a short one; a screen reader speaks it when the
 * end comes near and when it is passed, not at every key.
 * A line break counts as two, because that is how forms send it. Nothing stops the typing; the server decides.
 */
const COUNTED = "[data-counter-for]";
const SHORT = 300;
const NEAR = 0.1; // of the limit
const stages = new WeakMap();
const speakers = new WeakMap();

function countOf(text) {
  return [...text.replace(/\r?\n/g, "\r\n")].length;
}

function wordsOf({ dataset }, left) {
  const number = Math.abs(left);
  if (number === 1) return left < 0 ? dataset.overOne : dataset.leftOne;
  const shown = number.toLocaleString(document.documentElement.lang);
  return (left < 0 ? dataset.over : dataset.left).replace("{count}", shown);
}

function giveVoice(counter) {
  const speaker = document.createElement("span");
  speaker.className = "visually-hidden";
  speaker.role = "status";
  counter.after(speaker);
  speakers.set(counter, speaker);
}

function update(counter) {
  const field = document.getElementById(counter.dataset.counterFor);
  if (!field) return;
  if (!speakers.has(counter)) giveVoice(counter); // somebody may type before htmx says that it is loaded
  const limit = Number(counter.dataset.limit);
  const left = limit - countOf(field.value);
  const stage = left < 0 ? "over" : left <= limit * NEAR ? "near" : "far";
  counter.hidden = limit > SHORT && stage === "far";
  counter.textContent = wordsOf(counter, left);
  counter.classList.toggle("is-over", stage === "over");
  if (stages.get(counter) !== stage) speakers.get(counter).textContent = stage === "far" ? "" : counter.textContent;
  stages.set(counter, stage);
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
