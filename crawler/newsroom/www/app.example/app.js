// The whole of The Evening Slip: asks for the story that the address names, and puts it on the page.
const name = location.pathname.split("/").pop().replace(/\.html$/, "");
fetch("/api/" + name + ".json").then((answer) => answer.json()).then((story) => {
  document.title = story.title + " | The Evening Slip";
  const article = document.createElement("article");
  const add = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    article.append(element);
    return element;
  };
  add("h1", story.title);
  add("p", "By " + story.author).className = "byline";
  add("time", story.day).dateTime = story.published;
  const photo = document.createElement("img");
  photo.src = "/img/cranes.svg";
  article.append(photo);
  story.text.forEach((paragraph) => add("p", paragraph));
  document.getElementById("root").append(article);
});
