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
