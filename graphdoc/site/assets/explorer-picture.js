/* The picture of the explorer: where its boxes stand and how they look. Cytoscape paints it. */
(function () {
  "use strict";

  var WIDE = 190, HIGH = 42, LOW = 34, COLUMN = 320, ROW = 54, ABREAST = 204, TALL = 16, LARGE = 300, LABELLED = 40, ARROWS = 1500;
  /* Where the whole would be too small for words, a narrow screen opens on a part of it. */
  var NARROW = 640, LEGIBLE = 0.65, EDGE = 8;
  var FONT = 'Inter, "Helvetica Neue", Arial, sans-serif';
  /* The columns of the folded map: what is written, built, applied, and what runs. */
  var STAGES = [["repository", "file", "values"], ["kustomization", "chart"], ["project", "applicationset", "application"],
    ["cluster", "namespace", "policy", "sealedsecret"], ["secret", "host", "image"]];

  /* on.choose is called with the box that was clicked, on.hover with the words for what is under the mouse,
     on.crop with whether only a part is in view. */
  window.graphdocPicture = function (root, graph, on) {
    var data = graph.data, view = root.querySelector("[data-x=view]"), cy = null, shown = null, names = null, painted = "";
    var pen = document.createElement("canvas").getContext("2d");

    new MutationObserver(function () { if (cy && scheme() !== painted) paint(); })
      .observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
    document.addEventListener("fullscreenchange", function () { if (cy) cy.resize(); open(); });
    view.addEventListener("keydown", key);

    /* ---- the look ---- */
    function isNarrow() { return view.clientWidth <= NARROW; }
    function scheme() { return document.body.dataset.mdColorScheme || ""; }
    function colour(name) { return getComputedStyle(document.body).getPropertyValue(name).trim(); }
    function colours(look) {
      var probe = document.createElement("i");
      probe.className = "k-" + look;
      root.append(probe);
      var style = getComputedStyle(probe);
      var found = [style.getPropertyValue("--k").trim() || colour("--gd-card"), style.getPropertyValue("--ks").trim() || colour("--gd-ext-s")];
      probe.remove();
      return found;
    }
    function image(look, stroke) {
      var symbol = document.getElementById("gi-" + look);
      if (!symbol) return "none";
      return "data:image/svg+xml;utf8," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" fill="' +
        stroke + '" viewBox="' + symbol.getAttribute("viewBox") + '">' + symbol.innerHTML + "</svg>");
    }
    function cut(text, width) {
      if (pen.measureText(text).width <= width) return text;
      var head = Math.ceil(text.length / 2), tail = head;
      while (head > 1 && pen.measureText(text.slice(0, head) + "…" + text.slice(tail)).width > width) {
        if (head > text.length - tail) head -= 1; else tail += 1;
      }
      return text.slice(0, head) + "…" + text.slice(tail);
    }
    function sheet(large) {
      var wide = large ? WIDE - 14 : WIDE, line = colour("--gd-line");
      var style = [
        { selector: "node", style: { shape: "round-rectangle", width: wide, height: large ? LOW : HIGH, label: "data(label)",
          color: colour("--gd-fg"), "font-family": FONT, "font-size": 11, "line-height": 1.25, "min-zoomed-font-size": 5,
          "text-wrap": "wrap", "text-max-width": 400, "text-justification": "left", "text-valign": "center",
          "text-halign": "right", "text-margin-x": (large ? 10 : 31) - wide, "border-width": 1 } },
        { selector: "edge", style: { width: 1.2, "line-color": line, "target-arrow-color": line,
          "target-arrow-shape": large ? "none" : "triangle", "arrow-scale": 0.8, "curve-style": large ? "haystack" : "bezier",
          "line-opacity": large ? 0.2 : 0.75, "font-family": FONT, "font-size": 10, color: colour("--gd-mut"),
          "text-background-color": colour("--gd-bg"), "text-background-opacity": 1, "text-background-padding": 2,
          "min-zoomed-font-size": 6, "source-text-offset": 46, "target-text-offset": 54 } },
        /* An arrow leaves and enters at the sides; its word stands where arrows are farthest apart. */
        { selector: "edge.right", style: { "source-endpoint": "50% 0", "target-endpoint": "-50% 0" } },
        { selector: "edge.left", style: { "source-endpoint": "-50% 0", "target-endpoint": "50% 0" } },
        { selector: "edge.right, edge.left", style: { "curve-style": "unbundled-bezier", "edge-distances": "endpoints",
          "control-point-weights": "data(weights)", "control-point-distances": "data(distances)" } },
        { selector: "edge.middle", style: { label: "data(label)" } },
        { selector: "edge.start", style: { "source-label": "data(label)" } },
        { selector: "edge.end", style: { "target-label": "data(label)" } }
      ];
      Object.keys(data.looks).concat(graph.kinds).forEach(function (look) {
        var pair = colours(look), css = { "background-color": pair[0], "border-color": pair[1] };
        if (!large) Object.assign(css, { "background-image": image(look, pair[1]), "background-width": 16, "background-height": 16,
          "background-position-x": 9, "background-fit": "none", "background-clip": "none" });
        style.push({ selector: "node." + look, style: css });
      });
      return style.concat([
        { selector: "node.many", style: { "border-style": "double", "border-width": 4 } },
        { selector: "node.focus", style: { "border-width": 3, "border-color": colour("--gd-focus"), "font-weight": 600 } },
        { selector: "node.title", style: { "background-opacity": 0, "border-width": 0, color: colour("--gd-mut"), "font-size": 30,
          "font-weight": 600, "text-halign": "center", "text-margin-x": 0, "text-justification": "center", events: "no" } },
        { selector: ".dim", style: { opacity: 0.15 } },
        { selector: "node.lit", style: { "border-width": 3 } },
        { selector: "edge.lit", style: { width: 2, "line-opacity": 1 } }
      ]);
    }

    /* ---- painting ---- */
    function show(answer, ask) {
      if (ask.node) inColumns(answer);
      else if (ask.every) answer.boxes.forEach(function (box) { box.x = box.node.x; box.y = box.node.y; });
      else if (isNarrow()) downwards(answer);
      else inStages(answer);
      shown = { answer: answer, ask: ask };
      /* Names are cut to the width that the site's own font gives them. */
      document.fonts.ready.then(function () { if (shown.answer === answer) paint(); });
    }
    function paint() {
      var boxes = shown.answer.boxes, links = shown.answer.links, large = boxes.length > LARGE;
      if (cy) cy.destroy();
      painted = scheme();
      pen.font = "600 11px " + FONT;
      cy = window.cytoscape({
        container: view, style: sheet(large), layout: { name: "preset" }, minZoom: 0.02, maxZoom: 2.5,
        boxSelectionEnabled: false, autoungrabify: true, hideEdgesOnViewport: large, textureOnViewport: large,
        elements: elements(boxes, links, large).concat(shown.ask.every && !shown.ask.node ? titles(boxes) : [])
      });
      cy.on("tap", "node", function (event) { on.choose(event.target.data("box")); });
      cy.on("mouseover", "node, edge", function (event) { light(event.target); });
      cy.on("mouseout", "node, edge", cool);
      open();
    }
    function elements(boxes, links, large) {
      var focus = [shown.ask.node, shown.ask.to];
      var labelled = links.length <= LABELLED && (shown.ask.node || !isNarrow());
      names = new Map(boxes.map(function (box, index) { return [box, "b" + index]; }));
      return boxes.map(function (box) {
        var text = large ? cut(box.title, WIDE - 40) : cut(box.title, WIDE - 42) + "\n" + cut(box.note, WIDE - 42);
        var css = [box.look, box.node ? "" : "many", box.node && focus.includes(box.node) ? "focus" : ""].join(" ");
        return { group: "nodes", data: { id: names.get(box), label: text, box: box }, classes: css, position: { x: box.x, y: box.y } };
      }).concat(links.length > ARROWS ? [] : links.map(function (link) {
        return arrow(link, large ? "" : sides(link), labelled);
      }));
    }
    function arrow(link, css, labelled) {
      return { group: "edges", classes: css, data: Object.assign(bend(link), { link: link,
        source: names.get(link.from), target: names.get(link.to), label: labelled ? verb(link) : "" }) };
    }
    /* Two control points, so that an arrow leaves and enters level: as shares of the straight line,
       and as distances from it. */
    function bend(link) {
      var run = link.to.x - link.from.x, fall = link.to.y - link.from.y;
      run -= Math.sign(run) * WIDE;
      var length = Math.hypot(run, fall) || 1, share = run * run / 2 / (length * length), away = run * fall / 2 / length;
      return { weights: share + " " + (1 - share), distances: -away + " " + away };
    }
    function sides(link) {
      var run = link.to.x - link.from.x, far = Math.abs(link.to.column) - Math.abs(link.from.column);
      if (Math.abs(run) <= ABREAST) return "middle";
      return (run > 0 ? "right " : "left ") + (far > 0 ? "end" : far < 0 ? "start" : "middle");
    }
    /* The names of rows and columns of the whole graph, of those that the filters left. */
    function titles(boxes) {
      var clusters = new Set(boxes.map(function (box) { return box.node.cluster; }));
      var kinds = new Set(boxes.map(function (box) { return box.node.kind; }));
      function title(text, x, y) {
        return { group: "nodes", data: { id: "t" + x + "," + y, label: text }, classes: "title", position: { x: x, y: y }, selectable: false };
      }
      return Object.keys(data.rows).filter(function (name) { return clusters.has(name); })
        .map(function (name) { return title(name || "shared", -320, data.rows[name]); })
        .concat(graph.kinds.filter(function (kind) { return kinds.has(kind); })
          .map(function (kind) { return title(data.kinds[kind], data.columns[kind], -90); }));
    }
    function verb(link) {
      var kinds = Array.from(new Set(link.edges.map(function (edge) { return edge.kind; }))).sort();
      return kinds.join(", ") + (link.edges.length > 1 ? " ×" + link.edges.length : "");
    }
    /* Of very many arrows only those of the box under the mouse are painted. */
    function light(element) {
      var box = element.data("box"), link = element.data("link"), links = shown.answer.links;
      if (!box && !link) return;
      if (links.length > ARROWS) cy.add(links.filter(function (one) { return one.from === box || one.to === box; })
        .map(function (one) { return arrow(one, "passing", false); }));
      var around = element.isNode() ? element.closedNeighborhood() : element.union(element.connectedNodes());
      cy.batch(function () {
        if (names.size <= ARROWS) cy.elements().not(around).addClass("dim");
        around.addClass("lit");
      });
      view.style.cursor = box ? "pointer" : "";
      on.hover(box ? (box.node ? box.node.id : box.title + ", " + box.note) : link.from.title + " " + verb(link) + " " + link.to.title);
    }
    function cool() {
      cy.batch(function () { cy.elements().removeClass("dim lit"); cy.remove("edge.passing"); });
      view.style.cursor = "";
      on.hover("");
    }

    /* ---- moving ---- */
    function fit() {
      if (!cy) return;
      on.crop(false);
      cy.fit(cy.elements(), 24);
      if (cy.zoom() > 1.15) { cy.zoom(1.15); cy.center(); }
    }
    function open() {
      fit();
      if (!cy || !isNarrow() || cy.zoom() >= LEGIBLE) return;
      on.crop(true);
      var whole = cy.elements().boundingBox(), start = cy.nodes(".focus").boundingBox();
      if (!start.w) start = { x1: whole.x1, y1: whole.y1, h: Math.min(whole.h, cy.height() / LEGIBLE) };
      cy.zoom(LEGIBLE);
      cy.pan({ x: EDGE - start.x1 * LEGIBLE, y: cy.height() / 2 - (start.y1 + start.h / 2) * LEGIBLE });
    }
    function zoom(factor) {
      if (!cy) return;
      cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
    }
    function key(event) {
      var steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
      if (!cy || event.ctrlKey || event.metaKey || event.altKey) return;
      if (steps[event.key]) cy.panBy({ x: steps[event.key][0], y: steps[event.key][1] });
      else if (event.key === "+" || event.key === "=") zoom(1.25);
      else if (event.key === "-") zoom(0.8);
      else if (event.key === "0") fit();
      else return;
      event.preventDefault();
    }

    return { show: show, fit: fit, zoom: zoom, arrows: ARROWS };
  };

  /* ---- places ---- */
  /* Columns by distance from the centre; within one, a box stands near what it is joined to. */
  function inColumns(answer) {
    var columns = new Map(), beside = new Map(), x = 0;
    answer.boxes.forEach(function (box) {
      if (!columns.has(box.column)) columns.set(box.column, []);
      columns.get(box.column).push(box);
      beside.set(box, []);
    });
    answer.links.forEach(function (link) { beside.get(link.from).push(link.to); beside.get(link.to).push(link.from); });
    var order = Array.from(columns.keys()).sort(function (a, b) { return Math.abs(a) - Math.abs(b) || a - b; });
    order.forEach(function (column) { stack(columns.get(column), beside); });
    order.sort(function (a, b) { return a - b; }).forEach(function (column) {
      var boxes = columns.get(column), abreast = 1 + Math.max.apply(null, boxes.map(function (box) { return box.inner; }));
      boxes.forEach(function (box) { box.x = x + box.inner * ABREAST; });
      x += (abreast - 1) * ABREAST + COLUMN;
    });
  }
  function stack(boxes, beside) {
    boxes.forEach(function (box) {
      var placed = beside.get(box).filter(function (other) { return other.y !== undefined && other.column !== box.column; });
      box.middle = placed.length ? placed.reduce(function (sum, other) { return sum + other.y; }, 0) / placed.length : 0;
    });
    boxes.sort(function (a, b) {
      return a.middle - b.middle || (a.look < b.look ? -1 : a.look > b.look ? 1 : a.key < b.key ? -1 : 1);
    });
    var high = Math.ceil(boxes.length / Math.ceil(boxes.length / TALL));
    boxes.forEach(function (box, index) {
      box.inner = Math.floor(index / high);
      box.y = (index % high - (high - 1) / 2) * ROW;
    });
  }
  function stageOf(box) {
    return STAGES.findIndex(function (kinds) { return kinds.includes(box.members[0].kind); });
  }
  /* On a narrow screen: stage below stage, two boxes abreast. */
  function downwards(answer) {
    var y = 0;
    STAGES.forEach(function (kinds, stage) {
      var boxes = answer.boxes.filter(function (box) { return stageOf(box) === stage; });
      boxes.forEach(function (box, index) {
        box.x = boxes.length > 1 ? index % 2 * ABREAST : ABREAST / 2;
        box.y = y + Math.floor(index / 2) * ROW;
      });
      y += Math.ceil(boxes.length / 2) * ROW + (boxes.length ? 34 : 0);
    });
  }
  /* A row for each cluster, in it a column for each stage from Git to what runs. */
  function inStages(answer) {
    var rows = new Map(), y = 0;
    answer.boxes.forEach(function (box) {
      if (!rows.has(box.row)) rows.set(box.row, STAGES.map(function () { return []; }));
      rows.get(box.row)[stageOf(box)].push(box);
    });
    Array.from(rows.keys()).sort().forEach(function (row) {
      var columns = rows.get(row), high = Math.max.apply(null, columns.map(function (boxes) { return boxes.length; }));
      columns.forEach(function (boxes, stage) {
        boxes.forEach(function (box, index) {
          box.x = stage * COLUMN;
          box.y = y + (index + (high - boxes.length) / 2) * ROW;
        });
      });
      y += high * ROW + 28;
    });
  }
})();
