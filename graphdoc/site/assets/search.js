/* What stands first among the hits: the theme weighs the beginning of a word as much as the word, and
   "how", "do" and "the" as much as what is asked for. */
(function () {
  "use strict";

  var SAYS_NOTHING = new RegExp("^(" + [
    "a|an|the|this|that|these|it|i|we|you|my|our|me|is|are|was|were|be|do|does|did|can|could|should|would",
    "has|have|want|need|get|to|of|in|on|for|from|with|by|at|and|or|there|here",
    "how|what|when|where|which|who|whom|why"
  ].join("|") + ")$");
  var ASKS = /^(are|can|do|does|how|in|is|what|when|where|which|who|whom|why)$/;
  var questions = (window.graphdocQuestions || []).flatMap(function (page) {
    return page[2].map(function (text) {
      return { url: page[0], title: page[1], text: text, words: told(words(text)) };
    });
  });
  var places = window.graphdocPlaces || [], settings = window.graphdocSettings || [];
  var field = document.querySelector(".md-search__input");
  var hits = document.querySelector(".md-search-result__list");

  if (!field || !hits) return;
  field.addEventListener("input", order);
  new MutationObserver(order).observe(hits, { childList: true });

  function words(text) {
    return text.toLowerCase().split(/[\s\-_/:.,=@#()"?!]+/).filter(Boolean);
  }
  function told(list) {
    return list.filter(function (word) { return !SAYS_NOTHING.test(word); });
  }
  /* Uses, used and use are one word, and so is the beginning of a word that is still being typed. */
  function isSame(asked, word, isLast) {
    if (asked === word || (isLast && asked.length > 1 && word.startsWith(asked))) return true;
    var short = asked.length < word.length ? asked : word, long = short === asked ? word : asked;
    return short.length > 2 && long.length - short.length < 4 && long.startsWith(short.replace(/e$/, ""));
  }
  /* How much of a question was asked; nothing, where more was asked than it says. */
  function share(asked, question) {
    var met = question.words.filter(function (word) {
      return asked.some(function (ask, at) { return isSame(ask, word, at === asked.length - 1); });
    });
    var all = asked.every(function (ask, at) {
      return question.words.some(function (word) { return isSame(ask, word, at === asked.length - 1); });
    });
    return all ? met.length / question.words.length : 0;
  }
  function answer(asked) {
    return closest(asked, questions) || placed(asked);
  }
  /* "Replicas in staging": the answer to the replicas, with the words that its filter needs. */
  function placed(asked) {
    function isPlace(word) { return places.includes(word); }
    var at = asked.filter(isPlace), rest = asked.filter(function (word) { return !isPlace(word); });
    var best = at.length ? closest(rest, questions.filter(function (question) {
      return question.url === "where.html";
    })) : null;
    if (!best) return null;
    var words = at.concat(settings.filter(function (word) {
      return rest.some(function (ask) { return isSame(ask, word, true); });
    })).map(encodeURIComponent).join("+");
    return {
      url: best.url + "?changes=" + words + "&parts=" + words, title: best.title,
      text: best.text + " Of " + at.join(" ") + "."
    };
  }
  function closest(asked, questions) {
    var best = null, most = 0;
    if (asked.length) questions.forEach(function (question) {
      var part = share(asked, question), longer = best && question.words.length > best.words.length;
      if (part >= 0.5 && (part > most || (part === most && longer))) { best = question; most = part; }
    });
    return best;
  }

  function title(hit) {
    var heading = hit.querySelector("h1");
    return heading && !hit.classList.contains("gd-answer") ? heading.textContent : "";
  }
  function plain(list) {
    return list.filter(function (word) { return word && !/^(an?|the)$/.test(word); });
  }
  function namesake(asked) {
    var said = plain(words(asked)).join(" ");
    return Array.from(hits.children).find(function (hit) {
      return said && plain(words(title(hit))).join(" ") === said;
    });
  }
  /* The hit whose whole title stands in what was asked, and of several the one with the longest. */
  function named(asked) {
    var best = null, most = 0, said = plain(asked.toLowerCase().split(/\s+/));
    if (!ASKS.test(said[0])) Array.from(hits.children).forEach(function (hit) {
      var name = plain(title(hit).toLowerCase().split(/\s+/));
      if (name.length > most && name.every(function (word) { return said.includes(word); })) {
        best = hit;
        most = name.length;
      }
    });
    return best;
  }
  function made(question) {
    var hit = document.createElement("li"), link = document.createElement("a");
    var box = document.createElement("article"), title = document.createElement("h1");
    var text = document.createElement("p"), icon = document.createElement("div");
    hit.className = "md-search-result__item gd-answer";
    link.className = "md-search-result__link";
    link.href = new URL(question.url, new URL(base() + "/", location.href)).href;
    link.tabIndex = -1;
    box.className = "md-search-result__article md-typeset";
    title.textContent = question.title;
    text.textContent = question.text;
    icon.className = "md-search-result__icon md-icon";
    box.append(icon, title, text);
    link.append(box);
    hit.append(link);
    return hit;
  }
  function base() {
    return JSON.parse(document.getElementById("__config").textContent).base;
  }
  function isTold(hit, question) {
    return hit.classList.contains("gd-answer") && hit.querySelector("p").textContent === question.text;
  }
  function order() {
    var whole = namesake(field.value), first = hits.firstElementChild;
    var question = whole ? null : answer(told(words(field.value)));
    hits.querySelectorAll(".gd-answer").forEach(function (hit) {
      if (!question || !isTold(hit, question)) hit.remove();
    });
    if (question && !(first && isTold(first, question))) hits.prepend(made(question));
    var best = question ? null : whole || named(field.value);
    if (best && best !== hits.firstElementChild) hits.prepend(best);
  }
})();
