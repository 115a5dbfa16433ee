/* The graph of the explorer and what can be asked of it. It knows no screen. */
(function () {
  "use strict";

  var SIBLINGS = 8, BOXES = 240, FOUND = 12, ROWS = 9;

  /* data: what explorer-data.js assigned. Answers are boxes (one node, or a group of many) in
     columns, and links between them. */
  window.graphdocGraph = function (data) {
    var kinds = Object.keys(data.kinds), looks = Object.keys(data.looks), byId = new Map();
    var nodes = data.nodes.map(function (row) {
      var node = {
        id: row[0], name: row[1], kind: kinds[row[2]], look: looks[row[3]], cluster: data.clusters[row[4]],
        x: row[5], y: row[6], page: row[7], place: place(row[8], row[9]), out: [], into: []
      };
      node.words = [node.id, node.name, data.looks[node.look], node.cluster].join(" ").toLowerCase();
      byId.set(node.id, node);
      return node;
    });
    var edges = data.edges.map(function (row) {
      var edge = { from: nodes[row[0]], to: nodes[row[1]], kind: data.relations[row[2]], place: place(row[3], row[4]) };
      edge.from.out.push(edge);
      edge.to.into.push(edge);
      return edge;
    });

    function place(file, line) {
      if (file < 0) return null;
      var parts = data.files[file].split(" "), repository = parts.shift(), path = parts.join(" ");
      var form = data.hosts[repository] || "", address = form.replace("PATH", encodeURI(path).replace(/[?#]/g, encodeURIComponent));
      return { repository: repository, path: path, line: line, address: address.replace("987654321", line).replace("987654322", line + 1) };
    }

    /* ---- what the filters leave ---- */
    function kept(ask) {
      return function (node) {
        return !ask.without.has(node.kind) && (!ask.cluster || !node.cluster || node.cluster === ask.cluster);
      };
    }
    function follows(ask) { return function (edge) { return !ask.cut.has(edge.kind); }; }

    /* ---- search ---- */
    function search(text) {
      var words = text.toLowerCase().split(/\s+/).filter(Boolean);
      if (!words.length) return [];
      var found = nodes.filter(function (node) {
        return words.every(function (word) { return node.words.includes(word); });
      });
      found.forEach(function (node) { node.rank = rank(node, words); });
      return found.sort(function (a, b) {
        return a.rank - b.rank || a.name.length - b.name.length || (a.id < b.id ? -1 : 1);
      }).slice(0, FOUND);
    }
    function rank(node, words) {
      var name = node.name.toLowerCase(), order = ["application", "cluster", "repository", "chart", "host", "secret"];
      var asked = words.some(function (word) { return name === word; }) ? 0 :
        words.some(function (word) { return name.startsWith(word); }) ? 100 : 200;
      return asked + (order.indexOf(node.kind) + 1 || order.length + 1);
    }

    /* ---- around a node: column 0 is the node, what it leads to stands right of it ---- */
    function around(node, ask) {
      var columns = new Map([[node, 0]]), stay = kept(ask), follow = follows(ask);
      if (ask.way !== "into") walk(function (at) { return at.out; }, 1);
      if (ask.way !== "out") walk(function (at) { return at.into; }, -1);
      if (ask.way === "any") walk(function (at) { return at.out.concat(at.into); }, 1);
      return columns;

      function walk(steps, sign) {
        var rim = ask.way === "any" ? Array.from(columns.keys()) : [node];
        for (var depth = 1; depth <= ask.depth && rim.length; depth += 1) {
          var next = [];
          rim.forEach(function (at) {
            steps(at).forEach(function (edge) {
              var other = edge.from === at ? edge.to : edge.from;
              if (columns.has(other) || !follow(edge) || !stay(other)) return;
              columns.set(other, sign * depth);
              next.push(other);
            });
          });
          rim = next;
        }
      }
    }

    /* ---- between two nodes: all shortest ways, along the arrows where that is possible ---- */
    function between(a, b, ask) {
      var stay = kept(ask), follow = follows(ask);
      var along = ways(a, b, out, into);
      if (along) return { columns: along, said: "along" };
      var against = ways(b, a, out, into);
      if (against) return { columns: against, said: "against" };
      var any = ways(a, b, both, both);
      return any ? { columns: any, said: "any" } : { columns: new Map([[a, 0], [b, 1]]), said: "none" };

      function out(at) { return at.out.filter(follow).map(function (edge) { return edge.to; }); }
      function into(at) { return at.into.filter(follow).map(function (edge) { return edge.from; }); }
      function both(at) { return out(at).concat(into(at)); }
      function distances(start, step) {
        var found = new Map([[start, 0]]), rim = [start];
        while (rim.length) {
          var next = [];
          rim.forEach(function (at) {
            step(at).forEach(function (other) {
              if (found.has(other) || !(stay(other) || other === a || other === b)) return;
              found.set(other, found.get(at) + 1);
              next.push(other);
            });
          });
          rim = next;
        }
        return found;
      }
      function ways(start, end, step, back) {
        var there = distances(start, step);
        if (!there.has(end)) return null;
        var rest = distances(end, back), length = there.get(end), columns = new Map();
        there.forEach(function (far, node) {
          if (rest.has(node) && far + rest.get(node) === length) columns.set(node, far);
        });
        return columns;
      }
    }

    /* ---- folding: many siblings of one kind and cluster become one box ---- */
    function fold(columns, ask, focus) {
      var groups = new Map();
      columns.forEach(function (column, node) {
        var key = [column, node.kind, node.cluster].join("|");
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(node);
      });
      var most = columns.size > BOXES ? 3 : SIBLINGS, boxes = [];
      groups.forEach(function (members, key) {
        var apart = members.length <= most || ask.open.has(key);
        var folded = [];
        members.forEach(function (node) {
          if (apart || focus.includes(node)) boxes.push(single(node, columns.get(node)));
          else folded.push(node);
        });
        if (folded.length) boxes.push(group(key, folded, columns.get(folded[0])));
      });
      return { boxes: boxes, links: links(boxes, ask) };
    }
    function single(node, column) {
      return { key: node.id, node: node, members: [node], column: column, row: node.cluster, look: node.look, title: node.name,
        note: data.looks[node.look] + (node.cluster && node.cluster !== node.name ? " · " + node.cluster : "") };
    }
    function group(key, members, column) {
      var first = members[0], one = members.every(function (node) { return node.cluster === first.cluster; });
      var alike = members.every(function (node) { return node.look === first.look; });
      return { key: key, node: null, members: members, column: column, row: one ? first.cluster : "", look: alike ? first.look : first.kind,
        title: members.length + " " + plural(data.kinds[first.kind]), note: one ? first.cluster || "shared" : "on several clusters" };
    }
    function plural(word) { return /y$/.test(word) ? word.slice(0, -1) + "ies" : word + "s"; }

    /* One link for all edges between two boxes. */
    function links(boxes, ask) {
      var box = new Map(), found = new Map(), follow = follows(ask);
      boxes.forEach(function (one) { one.members.forEach(function (node) { box.set(node, one); }); });
      boxes.forEach(function (one) {
        one.members.forEach(function (node) {
          node.out.forEach(function (edge) {
            var other = box.get(edge.to);
            if (!other || other === one || !follow(edge)) return;
            var key = one.key + "\n" + other.key;
            if (!found.has(key)) found.set(key, { from: one, to: other, edges: [] });
            found.get(key).edges.push(edge);
          });
        });
      });
      return Array.from(found.values());
    }

    /* ---- the whole graph: every node where the build put it, or one box for each kind and cluster ---- */
    function whole(ask) {
      var left = nodes.filter(kept(ask));
      if (ask.every) {
        var boxes = left.map(function (node) { return single(node, 0); });
        return { boxes: boxes, links: links(boxes, ask) };
      }
      var groups = new Map(), apart = data.clusters.length <= ROWS || ask.cluster;
      left.forEach(function (node) {
        var key = [node.kind, apart ? node.cluster : ""].join("|");
        if (!groups.has(key)) groups.set(key, []);
        groups.get(key).push(node);
      });
      var grouped = Array.from(groups).sort(function (a, b) {
        return kinds.indexOf(a[1][0].kind) - kinds.indexOf(b[1][0].kind) || (a[0] < b[0] ? -1 : 1);
      }).map(function (pair) {
        var box = pair[1].length === 1 ? single(pair[1][0], 0) : group(pair[0], pair[1], 0);
        return apart ? box : Object.assign(box, { row: "" });
      });
      return { boxes: grouped, links: links(grouped, ask) };
    }

    return { nodes: nodes, edges: edges, kinds: kinds, data: data, byId: byId, kept: kept, search: search,
      around: around, between: between, fold: fold, whole: whole };
  };
})();
