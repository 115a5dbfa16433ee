/* The explorer: its controls, what it says of a node, the list of what its picture shows. What is
   asked stands in the address, so that an answer can be sent to somebody. */
(function () {
  "use strict";

  var root = document.getElementById("explorer");
  if (!root || !window.graphdocData || !window.cytoscape) return;
  var LISTED = 200;
  var SAID = {
    along: "The shortest ways along the arrows.",
    against: "No way leads along the arrows from the first to the second; these lead from the second to the first.",
    any: "Neither leads to the other along the arrows; these are the shortest connections whatever the direction.",
    none: "Nothing connects the two, with what the filters leave."
  };
  var graph = window.graphdocGraph(window.graphdocData), data = graph.data, ask = read(), answer = null;
  var picture = window.graphdocPicture(root, graph, {
    choose: choose, hover: function (text) { part("hover").textContent = text; },
    crop: function (is) { part("cropped").hidden = !is; }
  });
  part("app").hidden = false;
  /* A phone reads the list; its picture has no room for the whole. */
  part("listed").parentNode.open = matchMedia("(max-width: 44.9em)").matches;
  controls();
  draw();

  function part(name) { return root.querySelector("[data-x=" + name + "]"); }
  function make(tag, text, css) {
    var made = document.createElement(tag);
    if (text) made.textContent = text;
    if (css) made.className = css;
    return made;
  }
  function many(count, word) { return count + " " + word + (count === 1 ? "" : "s"); }
  function icon(kind) {
    var space = "http://www.w3.org/2000/svg", drawn = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
    drawn.setAttribute("class", "gd-icon");
    drawn.setAttribute("aria-hidden", "true");
    drawn.setAttribute("viewBox", "0 0 24 24");
    use.setAttribute("href", "#gi-" + kind);
    drawn.append(use);
    return drawn;
  }

  /* ---- the address ---- */
  function read() {
    var query = new URLSearchParams(location.search), depth = query.get("depth"), way = query.get("way"), id = query.get("node");
    function set(name) { return new Set((query.get(name) || "").split(",").filter(Boolean)); }
    return {
      node: graph.byId.get(id) || null, to: graph.byId.get(query.get("to")) || null, unknown: id && !graph.byId.has(id) ? id : "",
      depth: depth === "all" ? Infinity : ["2", "3"].includes(depth) ? Number(depth) : 1,
      way: ["out", "into", "any"].includes(way) ? way : "both", without: set("without"), cut: set("cut"),
      cluster: data.clusters.includes(query.get("cluster")) ? query.get("cluster") : "",
      every: query.get("every") === "1", open: new Set(query.getAll("open"))
    };
  }
  function address() {
    var query = new URLSearchParams();
    if (ask.node) query.set("node", ask.node.id);
    if (ask.to) query.set("to", ask.to.id);
    if (ask.depth !== 1) query.set("depth", ask.depth === Infinity ? "all" : ask.depth);
    if (ask.way !== "both") query.set("way", ask.way);
    if (ask.cluster) query.set("cluster", ask.cluster);
    if (ask.without.size) query.set("without", Array.from(ask.without).sort().join(","));
    if (ask.cut.size) query.set("cut", Array.from(ask.cut).sort().join(","));
    if (ask.every) query.set("every", "1");
    ask.open.forEach(function (key) { query.append("open", key); });
    var text = query.toString();
    return location.pathname + (text ? "?" + text : "");
  }
  /* A step that the Back button undoes is pushed, a turn of a filter is not. */
  function change(what, step) {
    Object.assign(ask, { unknown: "" }, what);
    try {
      history[step ? "pushState" : "replaceState"](null, "", address());
    } catch (error) { /* a browser may refuse this to a page from the disk */ }
    show();
    draw();
  }
  function centre(node) { change({ node: node, to: null, open: new Set() }, true); }

  /* ---- the controls ---- */
  function controls() {
    finder("node", function (node) { change({ node: node, to: node ? ask.to : null, open: new Set() }, true); });
    finder("to", function (node) { change({ to: node, open: new Set() }, true); });
    part("depth").addEventListener("change", function () { change({ depth: this.value === "all" ? Infinity : Number(this.value) }); });
    part("way").addEventListener("change", function () { change({ way: this.value }); });
    data.clusters.filter(Boolean).forEach(function (name) { part("cluster").append(new Option(name, name)); });
    part("cluster").addEventListener("change", function () { change({ cluster: this.value }); });
    part("every").addEventListener("click", function () { change({ every: !ask.every }); });
    part("clear").addEventListener("click", function () {
      change({ node: null, to: null, depth: 1, way: "both", cluster: "", without: new Set(), cut: new Set(), every: false, open: new Set() }, true);
    });
    switches("kinds", "without", graph.kinds.map(function (kind) {
      return { value: kind, text: data.kinds[kind], icon: kind, count: graph.nodes.filter(function (node) { return node.kind === kind; }).length };
    }));
    switches("relations", "cut", data.relations.map(function (relation) {
      return { value: relation, text: relation, count: graph.edges.filter(function (edge) { return edge.kind === relation; }).length };
    }));
    root.querySelectorAll("[data-zoom]").forEach(function (button) {
      var act = { "in": function () { picture.zoom(1.25); }, out: function () { picture.zoom(0.8); }, fit: picture.fit, full: full };
      button.addEventListener("click", act[button.dataset.zoom]);
    });
    window.addEventListener("popstate", function () { ask = read(); show(); draw(); });
    show();
  }
  function full() {
    var figure = root.querySelector("figure");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (figure.requestFullscreen) figure.requestFullscreen();
  }
  function switches(name, key, values) {
    values.forEach(function (told) {
      var label = make("label", "", "gd-chip" + (told.icon ? " k-" + told.icon : "")), box = document.createElement("input");
      box.type = "checkbox";
      box.value = told.value;
      box.addEventListener("change", function () {
        var left = new Set(ask[key]), changed = {};
        if (box.checked) left.delete(told.value); else left.add(told.value);
        changed[key] = left;
        change(changed);
      });
      label.append(box);
      if (told.icon) label.append(icon(told.icon));
      label.append(told.text + " ", make("small", String(told.count)));
      part(name).append(label);
    });
  }
  function show() {
    part("node").value = ask.node ? ask.node.name : ask.unknown;
    part("to").value = ask.to ? ask.to.name : "";
    part("to").disabled = !ask.node;
    part("depth").value = ask.depth === Infinity ? "all" : ask.depth;
    part("way").value = ask.way;
    part("depth").disabled = part("way").disabled = !ask.node || Boolean(ask.to);
    part("cluster").value = ask.cluster;
    part("every").hidden = Boolean(ask.node);
    part("every").textContent = ask.every ? "Fold into groups" : "Draw every node";
    [["kinds", "without"], ["relations", "cut"]].forEach(function (pair) {
      part(pair[0]).querySelectorAll("input").forEach(function (box) { box.checked = !ask[pair[1]].has(box.value); });
    });
  }
  /* A text field with a list below it: the combobox of the ARIA practices. */
  function finder(name, choose) {
    var input = part(name), list = part(name + "-list"), found = [], at = -1;
    function close() {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function mark(to) {
      at = (to + found.length) % found.length;
      Array.from(list.children).forEach(function (item, index) { item.setAttribute("aria-selected", String(index === at)); });
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
    function take(node) { close(); choose(node); }
    function open() {
      found = graph.search(input.value);
      list.replaceChildren.apply(list, found.map(function (node, index) {
        var item = make("li", "", "k-" + node.look);
        item.id = list.id + "-" + index;
        item.setAttribute("role", "option");
        item.append(icon(node.look), make("b", node.name), make("small", data.looks[node.look] + " · " + (node.cluster || node.id.replace(/^\w+:/, ""))));
        item.addEventListener("mousedown", function (event) { event.preventDefault(); take(node); });
        return item;
      }));
      list.hidden = !found.length;
      part("none").textContent = found.length || !input.value.trim() ? "" : "Nothing has all of these words.";
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (found.length) mark(0);
    }
    input.addEventListener("input", open);
    input.addEventListener("focus", function () { input.select(); });
    input.addEventListener("blur", function () { close(); part("none").textContent = ""; show(); });
    input.addEventListener("keydown", function (event) {
      var listed = !list.hidden;
      if (event.key === "Escape") { close(); show(); }
      if (event.key === "ArrowDown" && listed) { event.preventDefault(); mark(at + 1); }
      if (event.key === "ArrowUp" && listed) { event.preventDefault(); mark(at - 1); }
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (!input.value.trim()) take(null);
      else if (listed) take(found[at]);
    });
  }

  /* ---- the answer ---- */
  function draw() {
    var said = ask.unknown ? "No node has the id " + ask.unknown + "." : "", ways = null;
    if (ask.node && ask.to && ask.node !== ask.to) {
      ways = graph.between(ask.node, ask.to, ask);
      said = SAID[ways.said];
      answer = graph.fold(ways.columns, ask, [ask.node, ask.to]);
    } else {
      answer = ask.node ? graph.fold(graph.around(ask.node, ask), ask, [ask.node]) : graph.whole(ask);
    }
    picture.show(answer, ask);
    part("said").textContent = [said, counts()].filter(Boolean).join(" ");
    part("view").setAttribute("aria-label", "Picture: " + counts() + " The list below has the same.");
    panel();
    list();
  }
  function counts() {
    var boxes = answer.boxes, single = boxes.filter(function (box) { return box.node; }).length;
    var all = boxes.reduce(function (sum, box) { return sum + box.members.length; }, 0);
    var edges = answer.links.reduce(function (sum, link) { return sum + link.edges.length; }, 0);
    var folded = all > single ? ", " + (all - single) + " of them folded into " + many(boxes.length - single, "group") : "";
    var drawn = answer.links.length > picture.arrows ? ", drawn for the box under the mouse" : "";
    return all + " of " + many(graph.nodes.length, "node") + folded + ", " + many(edges, "arrow") + " between them" + drawn + ".";
  }
  /* A node is put into the centre, a group opened: in the picture around a node, else beside the map. */
  function choose(box) {
    if (!box) return;
    if (box.node) centre(box.node);
    else if (ask.node) change({ open: new Set(ask.open).add(box.key) });
    else members(box);
  }
  function button(node) {
    var made = make("button", node.name, "gd-x-to");
    made.type = "button";
    made.title = node.id;
    made.prepend(icon(node.look));
    made.classList.add("k-" + node.look);
    made.addEventListener("click", function () { centre(node); part("panel").focus(); });
    return made;
  }
  function source(place) {
    if (!place) return make("span", "");
    var made = make(place.address ? "a" : "span", "", "src");
    if (place.address) made.href = place.address;
    made.title = place.repository + " " + place.path + ":" + place.line;
    made.append(make("span", place.repository, "rp"), " " + (place.path || "(the repository)") + (place.path ? ":" + place.line : ""));
    return made;
  }
  function panel() {
    var box = part("panel");
    box.hidden = !ask.node;
    if (!ask.node) return;
    var node = ask.node, head = make("p", "", "gd-prov"), chip = make("span", "", "gd-chip k-" + node.look);
    chip.append(icon(node.look), make("b", data.looks[node.look]));
    head.append(chip);
    if (node.cluster) head.append(make("span", node.cluster, "gd-chip"));
    var page = make("a", "Open its page", "gd-x-page");
    page.href = node.page;
    box.replaceChildren(make("h2", node.name), head, make("code", node.id), node.page ? page : "", source(node.place),
      relations("Leads to", node.out, "to"), relations("Led to by", node.into, "from"));
  }
  function relations(title, edges, end) {
    var box = make("details"), rows = make("ul");
    box.open = edges.length > 0 && edges.length <= 12;
    edges.slice(0, LISTED).forEach(function (edge) {
      var row = make("li");
      row.append(make("small", edge.kind), button(edge[end]), source(edge.place));
      rows.append(row);
    });
    if (edges.length > LISTED) rows.append(make("li", (edges.length - LISTED) + " more"));
    box.append(make("summary", title + " " + edges.length), rows);
    return box;
  }
  function members(group) {
    var box = part("panel"), rows = make("ul");
    group.members.slice(0, LISTED).forEach(function (node) { var row = make("li"); row.append(button(node)); rows.append(row); });
    if (group.members.length > LISTED) rows.append(make("li", (group.members.length - LISTED) + " more: search for them by name"));
    box.hidden = false;
    box.replaceChildren(make("h2", group.title), make("p", group.note), rows);
    box.focus();
  }
  function list() {
    var rows = answer.boxes.slice(0, LISTED).map(function (box) {
      var row = make("tr"), name = make("td"), links = answer.links.filter(function (link) { return link.from === box || link.to === box; });
      var opened = make("button", box.title, "gd-x-to");
      opened.type = "button";
      opened.addEventListener("click", function () { choose(box); });
      name.append(box.node ? button(box.node) : opened);
      row.append(name, make("td", box.note), make("td", String(links.length)));
      ["Name", "What it is", "Joined to"].forEach(function (label, index) { row.children[index].dataset.l = label; });
      return row;
    });
    part("rows").replaceChildren.apply(part("rows"), rows);
    part("listed").textContent = "The same as a list (" + rows.length + (answer.boxes.length > LISTED ? " of " + answer.boxes.length : "") + ")";
  }
})();
