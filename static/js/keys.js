/**
 * Single keys for a panel, declared in the markup inside [data-keys]:
 * - [data-key-item]: the links of a list; j and k move along them and open them, Enter follows the one with the focus.
 * - [data-key="a"]: a button or link that the key presses, or a field that it focuses.
 * - x ticks the box in the row that was chosen last.
 * - [data-key="Control+Enter"] (Cmd on a Mac) sends the form in which somebody types, [data-key="Escape"] leaves it.
 * - [data-key="1"] in a form fills its text, as long as that is empty: then a digit is pressed there, too, where its <kbd>
 *   is seen.
 * - "?" opens the dialog with [data-key-help]; a tick box [data-keys-off] in it turns the keys off (WCAG 2.1.4).
 * Keys do nothing while someone types, holds a modifier, or has a dialog open.
 */
const OFF = "keys-off";

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function move(step) {
  const items = [...document.querySelectorAll("[data-key-item]")];
  if (items.length === 0) return;
  const focused = items.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : items.findIndex((item) => item.closest("[aria-current]"));
  const next = items[Math.min(Math.max(at + step, 0), items.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

function tick() {
  const row = document.activeElement.closest(".row") ?? document.querySelector(".row[aria-current]");
  const box = row?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

/** Whether a digit is meant for a list of beginnings, and not for the text. */
function begins({ key, target }) {
  if (!/^[1-9]$/.test(key) || !target.matches("textarea") || target.value !== "") return false;
  return target.form?.querySelector(`[data-key="${key}"] kbd`)?.checkVisibility();
}

function press(key, root = document) {
  const control = [...root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(
    (found) => found.offsetParent !== null && !found.disabled,
  );
  if (!control) return false;
  if (control.matches("input, textarea, select")) control.focus();
  else control.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!document.querySelector("[data-keys]") || event.altKey || document.querySelector("dialog[open], .menu[open]")) return;
  const form = event.target.closest("form");
  if (event.key === "Escape" && press("Escape")) return event.preventDefault();
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "Enter" && form && press("Control+Enter", form)) event.preventDefault();
    return;
  }
  if (typing(event.target) && !begins(event)) return;
  if (event.key === "?") {
    document.querySelector("[data-key-help]")?.showModal();
  } else if (localStorage.getItem(OFF)) {
    return;
  } else if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
  } else if (event.key === "x") {
    if (!tick()) return;
  } else if (event.key.length !== 1 || !press(event.key)) {
    return;
  }
  event.preventDefault();
});

// The chosen row is marked at once, before the server has answered.
document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-key-item]");
  if (!item) return;
  for (const row of document.querySelectorAll(".row[aria-current]")) row.removeAttribute("aria-current");
  item.closest(".row")?.setAttribute("aria-current", "true");
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-off]")) return;
  if (event.target.checked) localStorage.setItem(OFF, "1");
  else localStorage.removeItem(OFF);
});

for (const box of document.querySelectorAll("[data-keys-off]")) box.checked = localStorage.getItem(OFF) !== null;
