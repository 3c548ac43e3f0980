// The reader's language, for all examples at once. Without scripts every language is shown.
const LANGUAGES = { sh: "curl", python: "Python", node: "JavaScript", php: "PHP" };
const examples = [...document.querySelectorAll(".example")];

function choose(language) {
  for (const example of examples) {
    const figures = [...example.querySelectorAll("figure")];
    const languageOf = figure => figure.querySelector("code").className;
    const shown = figures.find(figure => languageOf(figure) === language) ?? figures[0];
    for (const figure of figures) figure.hidden = figure !== shown;
    for (const button of example.querySelectorAll(".languages button"))
      button.setAttribute("aria-pressed", String(button.dataset.language === languageOf(shown)));
  }
}

for (const example of examples) {
  const bar = document.createElement("div");
  bar.className = "languages";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Language");
  for (const code of example.querySelectorAll("code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.language = code.className;
    button.textContent = LANGUAGES[code.className];
    button.addEventListener("click", () => {
      const before = button.getBoundingClientRect().top;
      choose(button.dataset.language);
      // Examples above change their height; what was clicked stays where it is.
      scrollBy(0, button.getBoundingClientRect().top - before);
    });
    bar.append(button);
  }
  example.prepend(bar);
}
choose("sh");
