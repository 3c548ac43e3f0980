// Each page's sentences, by language and name.
const WORDS = {};

const storage = {
  get: name => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set: (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Private windows forget it.
    }
  },
};
let language = (storage.get("opescare-language") || navigator.language || "en").toLowerCase().startsWith("fr")
  ? "fr"
  : "en";

// A sentence in the reader's language; {0} and the like stand for the values.
const t = (key, ...values) => {
  const sentence = WORDS[language][key];
  return sentence === undefined ? key : sentence.replace(/\{(\d)\}/g, (_, index) => values[index] ?? "");
};

// Says the page's sentences: `data-word` names an element's text, `data-name` what it is called.
function label() {
  document.documentElement.lang = language;
  $("language").lang = language === "fr" ? "en" : "fr";
  for (const one of document.querySelectorAll("[data-word]")) one.textContent = t(one.dataset.word);
  for (const one of document.querySelectorAll("[data-name]"))
    one.setAttribute("aria-label", t(one.dataset.name));
}

// The button for the other language; `redraw` says anew what scripts have put on the page.
function offerLanguages(redraw) {
  $("language").addEventListener("click", () => {
    language = language === "fr" ? "en" : "fr";
    storage.set("opescare-language", language);
    label();
    redraw();
  });
}
