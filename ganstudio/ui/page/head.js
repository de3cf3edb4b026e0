// Runs before everything else on the page. The server has chosen the visitor's language (see language.py) and
// put it here with the words; the components that come with the web framework read navigator.language instead.
{
  const { language, token, pages } = window.ganstudio;
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });

  // Where the owner signs in, the server takes orders only with a token of its own page, which no other page can read.
  if (token) {
    const ask = window.fetch;
    window.fetch = (address, options) => {
      const request = new Request(address, options);
      if (new URL(request.url).origin === location.origin) request.headers.set("x-ganstudio-page", token);
      return ask.call(window, request);
    };
  }

  // A module of the app's own. Their addresses hold what the modules are made of: none is ever an old one.
  const address = (path) => new URL(pages + path, document.baseURI);

  // Runs a component's module, which finds what is `given` here, {element, server, upload}, under its own address: a
  // component that is built once more gets a module once more.
  const given = new Map();
  function open(path, what) {
    const own = address(path);
    if (given.has(own.href)) own.search = given.size;
    given.set(own.href, what);
    import(own.href).catch((error) => {
      what.element.textContent = window.ganstudio.words["app.reload"];
      throw error; // for the console
    });
  }

  Object.assign(window.ganstudio, { given, open, module: (path) => import(address(path).href) });
}
