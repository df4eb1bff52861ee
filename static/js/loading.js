/**
 * Says that a part of the page is under way: what htmx will replace is aria-busy until the answer is there, and a target
 * with data-skeleton shows the content of <template id="skeleton"> when the answer takes longer than a blink.
 */
const BLINK = 200; // ms; a quick answer must not flash
const underWay = new Map(); // request -> what ends it

function begin({ detail: { xhr, target } }) {
  target.setAttribute("aria-busy", "true");
  const shape = target.matches("[data-skeleton]") && document.getElementById("skeleton");
  const timer = shape && setTimeout(() => target.append(shape.content.cloneNode(true)), BLINK);
  underWay.set(xhr, { target, timer });
}

function end({ detail: { xhr } }) {
  const request = underWay.get(xhr);
  if (!request) return;
  const { target, timer } = request;
  clearTimeout(timer);
  underWay.delete(xhr);
  if ([...underWay.values()].some((other) => other.target === target)) return;
  target.removeAttribute("aria-busy");
  target.querySelector(":scope > .skeleton")?.remove();
}

document.addEventListener("htmx:beforeSend", begin);
document.addEventListener("htmx:afterRequest", end);
