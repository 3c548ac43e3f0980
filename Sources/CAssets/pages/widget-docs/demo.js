const $ = id => document.getElementById(id);
let widget = null;
$("choice").addEventListener("submit", event => {
  event.preventDefault();
  widget?.destroy();
  $("log").textContent = "";
  const isServer = $("who").value === "server";
  widget = OpesCareWidget.init({
    container: "#widget",
    // A real page never has the secret one: its server does.
    sdkToken: isServer ? "sdk_test_demo_sandbox_2026" : "sdk_pub_test_demo_sandbox_2026",
    patientId: isServer ? "OPC-2024-XK7T9" : undefined,
    widgetType: $("type").value,
    lang: $("lang").value,
    theme: $("theme").value,
    height: "auto",
    onEvent: (name, data) => {
      if (name !== "resize") $("log").append("opescare:" + name + " " + JSON.stringify(data) + "\n");
    },
  });
});
