/**
 * [data-optimistic] forms show the answer to their toggle button at once, and take it back when it does not come true:
 * the server refuses, fails or cannot be reached. Why is said by trouble.js; the focus stays on the button either way.
 * Numbers are the server's: none is changed before it has answered.
 */
const toggle = (form) => form.querySelector("button[aria-pressed]");

function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
}

document.addEventListener("htmx:beforeSend", ({ target }) => {
  const button = target.matches("[data-optimistic]") && toggle(target);
  if (!button) return;
  const before = button.getAttribute("aria-pressed");
  const undo = () => press(button, before);
  const events = ["htmx:responseError", "htmx:sendError", "htmx:sendAbort", "htmx:timeout"];
  const done = new AbortController();
  for (const event of events) target.addEventListener(event, undo, { signal: done.signal });
  target.addEventListener("htmx:afterRequest", () => setTimeout(() => done.abort()), { once: true });
  press(button, before !== "true");
});
