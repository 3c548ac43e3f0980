/* OpesCare Connect widget. Documentation: /docs/widget */
(() => {
  "use strict";
  if (window.OpesCareWidget) return;
  const VERSION = "1.0.0";
  const base = new URL(document.currentScript.src).origin;
  const TITLES = {
    en: "OpesCare: your health record",
    fr: "OpesCare : votre dossier de santé",
    ar: "OpesCare: ملفك الصحي",
  };
  const languageOf = text => {
    const word = (text || "").slice(0, 2).toLowerCase();
    return TITLES[word] ? word : "en";
  };
  const pageLanguage = () => document.documentElement.lang;
  const isLength = text => /^\d+(\.\d+)?(px|%|em|rem|vh|vw)$/.test(text);
  // So many tokens in a row that were dead at once, and the page gets no more chances.
  const DEAD_LIMIT = 5;
  // In seconds. A frame that a browser does not show says nothing, not even that.
  const SILENCE = 10;
  const widgets = [];

  const tell = (widget, name, detail) => {
    window.dispatchEvent(new CustomEvent("opescare:" + name, { detail }));
    if (name === "ready" && widget?.options.onReady) widget.options.onReady(detail);
    if (widget?.options.onEvent) widget.options.onEvent(name, detail);
  };
  const fail = (widget, code, message) => tell(widget, "error", { code, message });

  async function open(options, key) {
    const headers = { "Content-Type": "application/json", Authorization: "Bearer " + key };
    const body = {
      widget_type: options.widgetType || options.type || undefined,
      facility_id: options.facilityId || undefined,
      language: options.locale || options.lang || pageLanguage() || undefined,
      theme: options.theme || undefined,
    };
    // A page's session names no patient: it only fills in the form.
    if (!key.startsWith("sdk_pub_")) {
      body.health_id = options.patientId || undefined;
      body.allowed_origin = location.origin;
    }
    const response = await fetch(base + "/api/v1/connect/widget/sessions", {
      method: "POST", headers, body: JSON.stringify(body), credentials: "omit", referrerPolicy: "no-referrer",
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok)
      throw Object.assign(new Error(answer.message || "HTTP " + response.status), { code: answer.error });
    return answer.session_token;
  }

  // The token of a session, by whatever the page has.
  async function tokenOf(options) {
    if (options.fetchSession) {
      const found = await options.fetchSession();
      return typeof found === "string"
        ? found
        : found?.session_token || found?.sessionToken || found?.widget_session_token;
    }
    const given = options.sessionToken || options.session_token;
    if (given) return given;
    const key = options.sdkToken || "";
    if (key.startsWith("wgt_")) return key;
    if (key.startsWith("sdk_pub_")) return open(options, key);
    if (key.startsWith("sdk_test_")) {
      console.warn("OpesCareWidget: this SDK token is a secret. A page may have it in a sandbox only.");
      return open(options, key);
    }
    if (!key) throw Object.assign(new Error("Give sessionToken, fetchSession or sdkToken."), { code: "token_missing" });
    throw Object.assign(new Error("A secret SDK token stands in the page. It was not sent."), {
      code: "secret_in_page",
    });
  }

  function init(options = {}) {
    const place =
      typeof options.container === "string" ? document.querySelector(options.container) : options.container;
    if (!place) {
      fail({ options }, "container_missing", "There is no such element: " + options.container);
      return null;
    }
    const chosen = options.locale || options.lang;
    const language = languageOf(chosen || pageLanguage());
    const iframe = document.createElement("iframe");
    const attributes = {
      title: TITLES[language],
      sandbox: "allow-scripts allow-same-origin allow-forms",
      allow: "",
      referrerpolicy: "no-referrer",
      loading: "lazy",
    };
    for (const name in attributes) iframe.setAttribute(name, attributes[name]);
    const follows = options.height === "auto";
    iframe.style.border = "0";
    iframe.style.minWidth = "280px";
    iframe.style.width = isLength(options.width) ? options.width : "100%";
    iframe.style.height = isLength(options.height) ? options.height : "600px";

    const widget = { options, iframe, token: null, isLoaded: false, isGone: false };
    // Whether the token was good for anything, and how many before it were not.
    let isLive = false;
    let dead = 0;
    let timer = 0;
    let silence = 0;
    const send = () => {
      if (widget.isLoaded && widget.token)
        // Not in the frame's address, which ends up in logs: the token, and whom the form is filled in for.
        iframe.contentWindow.postMessage(
          { type: "opescare.token", token: widget.token, patient: options.patientId }, base);
    };
    iframe.addEventListener("load", () => {
      widget.isLoaded = true;
      send();
      clearTimeout(silence);
      silence = setTimeout(() => fail(widget, "frame_silent", "The frame does not answer. Its session may be "
        + "unknown, or this page's origin none of its allowed_origins: " + location.origin), SILENCE * 1000);
    });
    const setToken = token => {
      if (typeof token !== "string" || !/^wgt_[\w.-]+$/.test(token)) {
        fail(widget, "token_invalid", "This is no session's token.");
        return;
      }
      clearTimeout(timer);
      widget.token = token;
      isLive = false;
      if (iframe.src) return send();
      // The session's language wins over the page's, unless that was chosen for the widget.
      const query = new URLSearchParams({
        s: "wgs_" + token.slice(4).split(".")[0], [chosen ? "lang" : "page_lang"]: language,
      });
      if (options.theme) query.set("theme", options.theme);
      if (options.primaryColor) query.set("color", options.primaryColor);
      iframe.src = base + "/widget/v1/frame?" + query;
      if (!iframe.isConnected) place.append(iframe);
    };
    const begin = () => {
      if (widget.isGone) return;
      // Nobody waits for what stands in a tab that nobody sees.
      if (document.hidden && dead) return void document.addEventListener("visibilitychange", begin, { once: true });
      // What throws at once fails as what rejects.
      Promise.resolve().then(() => tokenOf(options)).then(
        token => widget.isGone || setToken(token),
        error => fail(widget, error.code || "session_failed", error.message));
    };
    // A session that lived is followed by the next one at once. A page that goes on giving out dead tokens is
    // asked less and less often, and then no more.
    const renew = () => {
      dead = isLive ? 0 : dead + 1;
      isLive = false;
      clearTimeout(timer);
      if (dead >= DEAD_LIMIT)
        return fail(widget, "session_expired", "fetchSession gave sessions that had ended. Reload the page.");
      if (dead < 2) return begin();
      timer = setTimeout(begin, Math.min(2 ** (dead - 2), 60) * 1000);
    };

    const hear = event => {
      if (event.origin !== base || event.source !== iframe.contentWindow) return;
      const message = event.data;
      if (message?.source !== "opescare-widget" || typeof message.event !== "string") return;
      clearTimeout(silence);
      if (message.event === "resize" && follows && message.data?.height > 0)
        iframe.style.height = Math.min(Math.ceil(message.data.height), 20000) + "px";
      if (message.event === "ready") isLive = true;
      tell(widget, message.event, message.data);
      if (message.event === "expired" && options.fetchSession) renew();
    };
    window.addEventListener("message", hear);
    widget.handle = {
      iframe,
      setToken,
      destroy() {
        widget.isGone = true;
        clearTimeout(timer);
        clearTimeout(silence);
        window.removeEventListener("message", hear);
        iframe.remove();
        if (widgets.includes(widget)) widgets.splice(widgets.indexOf(widget), 1);
      },
    };
    widgets.push(widget);
    begin();
    return widget.handle;
  }

  window.OpesCareWidget = {
    version: VERSION,
    init,
    setToken: token => widgets.forEach(widget => widget.handle.setToken(token)),
  };

  class Element extends HTMLElement {
    static observedAttributes = ["session-token"];
    connectedCallback() {
      const get = name => this.getAttribute(name) || undefined;
      this.style.display = "block";
      this.widget = init({
        container: this, sessionToken: get("session-token"), widgetType: get("type"), facilityId: get("facility-id"),
        theme: get("theme"), lang: get("lang"), primaryColor: get("primary-color"),
      });
    }
    disconnectedCallback() {
      this.widget?.destroy();
    }
    attributeChangedCallback(name, before, token) {
      if (this.widget && token && token !== before) this.widget.setToken(token);
    }
  }
  customElements.define("opescare-widget", Element);
  tell(null, "loaded", { version: VERSION });
})();
