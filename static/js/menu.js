/**
 * Menus, dialogs and filters.
 * - <details class="menu"> closes on Escape, on a click elsewhere, and when the focus leaves it; the arrow keys move in it.
 * - [data-dialog="id"] opens that <dialog>; a link leads to a page that does the same where there is no script.
 *   It closes on Escape and on a click beside it, and the focus returns to what opened it.
 * - [data-autosubmit] sends its form when it changes; the form keeps its button for those without script.
 */
const openMenus = () => document.querySelectorAll("details.menu[open]");
let pressed = null; // where the pointer went down: a selection that ends beside a dialog must not close it

document.addEventListener("pointerdown", (event) => {
  pressed = event.target;
});

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.matches("dialog.dialog") && event.target === pressed) event.target.close();
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(dialog, opener);
});

function open(dialog, opener) {
  if (dialog.open) return;
  const back = opener.closest("details.menu")?.querySelector("summary") ?? opener;
  dialog.showModal();
  dialog.addEventListener("close", () => back.focus(), { once: true });
}

function moveIn(menu, step) {
  const stops = [...menu.querySelectorAll(".menu-list :is(a, button)")].filter((stop) => stop.checkVisibility());
  const at = stops.indexOf(document.activeElement);
  stops[at < 0 && step < 0 ? stops.length - 1 : (at + step + stops.length) % stops.length]?.focus();
}

document.addEventListener("keydown", (event) => {
  const menu = document.activeElement?.closest("details.menu");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (menu && step) {
    event.preventDefault();
    menu.open = true;
    moveIn(menu, step);
  }
  if (event.key !== "Escape") return;
  for (const each of openMenus()) {
    each.open = false;
    if (each === menu) menu.querySelector("summary").focus();
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});
