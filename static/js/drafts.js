/**
 * What was typed and the server does not have yet: copies in localStorage, one for each form, under a key that names
 * the organization and the member. Several people may use one browser: whoever signs in wipes what others left, and a
 * page of somebody who is not the last to have signed in neither keeps nor reads nor sends anything.
 * A copy: { at, sent, values, page, url, body }; url and body are there when it can be sent without its form.
 */
const owner = document.querySelector("meta[name=draft-owner]")?.content;
const START = "draft:";

export const keyOf = (name) => `${START}${owner}:${name}`;
export const isMine = () => Boolean(owner) && localStorage.getItem("owner") === owner;
export const read = (key) => JSON.parse((isMine() && localStorage.getItem(key)) || "null");
export const write = (key, copy) => isMine() && localStorage.setItem(key, JSON.stringify(copy));
export const remove = (key) => localStorage.removeItem(key);
export const myKeys = () => (isMine() ? Object.keys(localStorage).filter((key) => key.startsWith(keyOf(""))) : []);

/** The copies of whoever signed in last, also on a page that knows nobody. */
export function copiesHere() {
  const start = `${START}${localStorage.getItem("owner")}:`;
  return Object.keys(localStorage).filter((key) => key.startsWith(start)).map((key) => [key, JSON.parse(localStorage.getItem(key))]);
}

export const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.split("=")[1];

/** Post, and return the response; null when the server cannot be reached. */
export function post(url, body) {
  const headers = { "X-CSRFToken": cookie("csrftoken") ?? "", Accept: "application/json" };
  return fetch(url, { method: "POST", body, headers, redirect: "manual" }).catch(() => null);
}

/** Leave nothing of anybody on this device. The worker then fetches the offline page again. */
export async function wipe() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(START) || key === "owner") remove(key);
  sessionStorage.clear();
  if (!("caches" in window)) return;
  for (const name of await caches.keys()) await caches.delete(name);
  navigator.serviceWorker?.ready.then(({ active }) => active.postMessage("fill"));
}

if (owner && !isMine()) {
  wipe();
  localStorage.setItem("owner", owner);
}
