/* What the mouse and the keys add to a graphdoc page. Without it all is there and every link works. */
(function () {
  "use strict";

  /* Listeners sit on HTML elements: one on an SVG group makes the group a tab stop in Chromium. */
  document.querySelectorAll("figure.gd").forEach(function (figure) {
    var view = figure.querySelector(".gd-view"), svg = view && view.querySelector(".gd-svg");
    if (!svg) return;
    lightNeighbours(view, svg, linkToBox(figure));
    zoom(figure, view, svg);
    begin(view, svg);
  });
  document.querySelectorAll("[data-gd-filter]").forEach(filter);
  document.querySelectorAll(".gd-scroll").forEach(reach);
  document.querySelectorAll("[data-gd-built]").forEach(age);
  addEventListener("load", nameCode);

  /* The box that was lit last has an address of its own, to be copied or sent. */
  function linkToBox(figure) {
    var tools = figure.querySelector(".gd-tools"), link = document.createElement("a");
    link.className = "gd-file gd-here";
    link.textContent = "Link to box";
    if (tools) tools.prepend(link);
    return function (box) {
      link.href = "#" + box.id;
      link.title = "The address of " + box.getAttribute("aria-label");
    };
  }

  /* A picture higher than its frame opens where it begins: at its subject, else at its first box. */
  function begin(view, svg) {
    var box = svg.querySelector(".gd-n.focus") || svg.querySelector(".gd-n");
    if (!box || view.querySelector(":target")) return;
    var own = box.getBoundingClientRect(), frame = view.getBoundingClientRect();
    view.scrollTop += own.top + own.height / 2 - frame.top - frame.height / 2;
  }

  function lightNeighbours(view, svg, lit) {
    var nodes = {}, edges = [];
    svg.querySelectorAll(".gd-n").forEach(function (node) { nodes[node.dataset.n] = node; });
    svg.querySelectorAll(".gd-e").forEach(function (edge) { edges.push(edge); });

    function cool() {
      svg.classList.remove("hot");
      svg.querySelectorAll(".on").forEach(function (lit) { lit.classList.remove("on"); });
    }
    function light(parts) {
      cool();
      parts.forEach(function (part) { if (part) part.classList.add("on"); });
      svg.classList.add("hot");
    }
    function around(element) {
      var edge = element.closest(".gd-e"), node = element.closest(".gd-n");
      if (edge) return [edge, nodes[edge.dataset.a], nodes[edge.dataset.b]];
      if (!node) return null;
      return edges.reduce(function (lit, line) {
        var a = line.dataset.a, b = line.dataset.b, id = node.dataset.n;
        return a === id || b === id ? lit.concat(line, nodes[a], nodes[b]) : lit;
      }, [node]);
    }
    function point(event) {
      if (event.pointerType === "touch" || !event.target.closest) return;
      var parts = around(event.target);
      if (parts) light(parts); else cool();
      if (parts && event.target.closest(".gd-n")) lit(event.target.closest(".gd-n"));
    }
    view.addEventListener("pointerover", point);
    view.addEventListener("pointerleave", cool);
    view.addEventListener("focusin", function (event) {
      if (event.target.matches("a:focus-visible")) point(event);
    });
    view.addEventListener("focusout", cool);
  }

  function zoom(figure, view, svg) {
    var width = svg.viewBox.baseVal.width, tools = figure.querySelector(".gd-tools"), from = null;
    var acts = {
      "in": function () { scale(now() * 1.25); },
      out: function () { scale(now() / 1.25); },
      fit: function () { scale(Math.min(1.2, (view.clientWidth - 12) / width)); },
      full: full,
      reset: function () { svg.style.width = svg.style.maxWidth = svg.style.minWidth = ""; }
    };
    var keys = { "+": "in", "=": "in", "-": "out", "0": "reset" };

    function now() { return svg.getBoundingClientRect().width / width; }
    function scale(factor) {
      svg.style.maxWidth = "none";
      svg.style.minWidth = "0";
      svg.style.width = Math.round(width * Math.max(0.2, Math.min(3, factor))) + "px";
    }
    function full() {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (figure.requestFullscreen) figure.requestFullscreen();
    }
    if (tools) tools.hidden = false;
    figure.addEventListener("click", function (event) {
      var button = event.target.closest("[data-act]");
      if (button) acts[button.dataset.act]();
    });
    view.addEventListener("wheel", function (event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      scale(now() * (event.deltaY < 0 ? 1.1 : 0.9));
    }, { passive: false });
    view.addEventListener("keydown", function (event) {
      if (event.target !== view || event.ctrlKey || event.metaKey || !keys[event.key]) return;
      event.preventDefault();
      acts[keys[event.key]]();
    });
    view.addEventListener("pointerdown", function (event) {
      if (event.pointerType !== "mouse" || event.button || event.target.closest("a")) return;
      from = [event.clientX, event.clientY, view.scrollLeft, view.scrollTop];
      view.classList.add("grab");
    });
    addEventListener("pointermove", function (event) {
      if (!from) return;
      view.scrollLeft = from[2] - (event.clientX - from[0]);
      view.scrollTop = from[3] - (event.clientY - from[1]);
    });
    addEventListener("pointerup", function () { from = null; view.classList.remove("grab"); });
  }

  /* What scrolls in itself can be scrolled by the keyboard too, and says what it is. */
  function reach(box) {
    if (box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth + 1) return;
    var titles = Array.from(document.querySelectorAll(".md-content :is(h1, h2, h3)")).filter(function (title) {
      return title.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING;
    });
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Table: " + (titles.length ? titles.pop().firstChild.textContent : document.title));
  }

  /* The words of a filter stand in the address, ?<table id>=musicman+prod, so that it can be sent. */
  function filter(input) {
    var id = input.dataset.gdFilter, table = document.getElementById(id);
    if (!table) return;
    var box = input.closest(".gd-filter") || input.parentNode, count = box.querySelector(".gd-count");
    var rows = Array.from(table.tBodies).flatMap(function (body) { return Array.from(body.rows); });
    var given = new URLSearchParams(location.search).get(id);
    var texts = rows.map(function (row) {
      return (row.textContent + " " + (row.dataset.k || "")).toLowerCase();
    });

    /* What names a setting, as "tag", is not meant as a part of other words, as of "staging". */
    var settings = new Set(rows.flatMap(function (row) {
      var named = { changes: row.cells[0].firstChild, parts: row.dataset.k }[id];
      return named ? (named.textContent || named).toLowerCase().split(/[^a-z0-9]+/) : [];
    }));
    function has(text, word) {
      if (!settings.has(word)) return text.includes(word);
      return text.split(/[^a-z0-9]+/).some(function (part) { return part.startsWith(word); });
    }

    function isSection(row) { return row.classList.contains("sec"); }
    function run() {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0, all = 0, section = null;
      rows.forEach(function (row, index) {
        if (isSection(row)) { section = row; row.hidden = words.length > 0; return; }
        all += 1;
        row.hidden = !words.every(function (word) { return has(texts[index], word); });
        if (row.hidden) return;
        shown += 1;
        if (section) section.hidden = false;
      });
      if (count) count.textContent = shown + " of " + all;
    }
    function remember() {
      var query = new URLSearchParams(location.search);
      if (input.value.trim()) query.set(id, input.value.trim()); else query.delete(id);
      var text = query.toString();
      try {
        history.replaceState(history.state, "", location.pathname + (text ? "?" + text : "") + location.hash);
      } catch (error) { /* a browser may refuse this to a page from the disk */ }
    }
    /* What was asked goes with the reader to where the rows are. */
    function pass(event) {
      var link = event.target.closest('a[href*="?changes="]');
      if (!link) return;
      var name = link.dataset.gdName = link.dataset.gdName || new URLSearchParams(link.search).get("changes");
      var more = input.value.split(/\s+/).filter(function (word) {
        return word && !has(name.toLowerCase(), word.toLowerCase());
      });
      link.search = "?changes=" + encodeURIComponent([name].concat(more).join(" "));
    }
    if (given) input.value = given;
    box.hidden = false;
    table.addEventListener("click", pass);
    input.addEventListener("input", function () { run(); remember(); });
    input.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      input.value = "";
      run();
      remember();
    });
    run();
  }

  /* The theme makes a region of the buttons of each block of code, and all by one name. */
  function nameCode() {
    document.querySelectorAll(".md-code__nav").forEach(function (nav, index) {
      nav.setAttribute("aria-label", "Code " + (index + 1));
    });
  }

  /* The pages carry no clock, so the reader's browser says how old they are. */
  function age(mark) {
    var days = Math.floor((Date.now() - Date.parse(mark.dataset.gdBuilt)) / 864e5);
    var title = document.querySelector(".md-content__inner h1");
    if (!title || !(days > Number(mark.dataset.gdStale || 7))) return;
    var note = document.createElement("p");
    note.className = "gd-stale";
    note.textContent = "This copy describes Git as it was " + days + " days ago. Ask for a newer build.";
    title.after(note);
  }
})();
