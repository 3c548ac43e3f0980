const $ = id => document.getElementById(id);

// Makes an element: make("p", {class: "x"}, "text", child…). Data becomes text, never markup.
function make(tag, attributes = {}, ...children) {
  const isSVG = ["svg", "rect", "line", "title"].includes(tag);
  const element = isSVG
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children
      .flat()
      .filter(child => child !== null && child !== undefined && child !== false)
      .map(child => (child instanceof Node ? child : String(child))),
  );
  return element;
}
