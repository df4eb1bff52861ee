/**
 * Says in a toast when a request made by htmx was refused, failed, or never arrived.
 *
 * What a page asks for by itself, again and again, fails without a word: nobody waits for it.
 *
 * A field that was refused is marked until somebody changes it: whether it is right now, the server says.
 */
import { toast, words } from "./toasts.js";

// Whoever is signed out is led to the sign-in page, which is no answer to what was asked for.
const signedOut = (xhr) => xhr.status === 401 || xhr.responseURL.includes("/accounts/login/");

// A 409 of a form is the form again; one with a reason is a page of its own.
const cameTooLate = (xhr) => xhr.status === 409 && xhr.getResponseHeader("X-Reason");

const byItself = ({ elt }) => elt.matches('[hx-trigger^="every"]');

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!signedOut(detail.xhr) && !cameTooLate(detail.xhr)) return;
  detail.shouldSwap = false;
  detail.isError = true;
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (byItself(detail)) return;
  const { status } = detail.xhr;
  const reason = detail.xhr.getResponseHeader("X-Reason");
  if (signedOut(detail.xhr)) toast(words.signedOut);
  else if ([403, 404, 409].includes(status)) toast(reason ? decodeURIComponent(reason) : words.refused);
  else toast(words.failed);
});

for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, ({ detail }) => byItself(detail) || toast(words.offline));
}

document.addEventListener("input", ({ target }) => {
  const field = target.closest(".field.has-error");
  if (!field) return;
  field.classList.replace("has-error", "was-error");
  for (const control of field.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  // Its place stays (forms.css), so that nothing jumps under whoever types; its words describe the field no more.
  field.querySelector(".error").removeAttribute("id");
  for (const { id } of [target, field]) document.querySelector(`.error-summary a[href="#${id}"]`)?.classList.add("is-mended");
});
