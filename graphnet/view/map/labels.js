/** @file Words on the map: names of communities always, names of accounts where they fit without covering others. */
(function (gn) {
  "use strict";

  const FONT = 'system-ui, "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", sans-serif';
  const MOST_NAMES = 60;
  const MOST_LABELS = 70;
  /** Smallest radius of a mark that is worth a name, in pixels. */
  const NAMED = 4.5;

  /** Boxes taken on the screen. */
  class Room {
    constructor(screen) {
      this.screen = screen;
      this.taken = [];
    }

    /** Take a box if it is on the screen and free. */
    take(left, top, width, height) {
      const { width: w, height: h } = this.screen;
      if (left < 2 || top < 2 || left + width > w - 2 || top + height > h - 2) return false;
      const free = this.taken.every(
        (b) => left > b.left + b.width || b.left > left + width || top > b.top + b.height || b.top > top + height,
      );
      if (free) this.taken.push({ left, top, width, height });
      return free;
    }
  }

  /** Rank of a community for a name on the map: suspected ones that nothing else explains first, then the largest. */
  gn.namingOrder = function (communities) {
    const rank = { full: 0, soft: 1, calm: 3 };
    const place = (c) => (c.level ? rank[c.tone] : 1);
    const all = communities.map((_, i) => i);
    return all.sort(
      (a, b) => place(communities[a]) - place(communities[b]) || communities[b].size - communities[a].size || a - b,
    );
  };

  /**
   * Names of communities on their discs, then of accounts.
   * @param {CanvasRenderingContext2D} pen @param {object} view camera, screen, model
   * @param {object} style `shown`, `named` (accounts that come first), `communityShown`, `colours` (ink, paper), `order`
   * @param {boolean} moving only the names of communities
   */
  gn.drawWords = function (pen, view, style, moving) {
    const room = new Room(view.screen);
    communityNames(pen, view, style, room);
    if (!moving) accountNames(pen, view, style, room);
  };

  function communityNames(pen, { camera, screen, model }, style, room) {
    pen.font = `bold 12.5px ${FONT}`;
    pen.textBaseline = "middle";
    pen.textAlign = "center";
    pen.direction = "ltr";
    let count = 0;
    for (const i of style.order) {
      const group = model.communities[i];
      const radius = group.radius * camera.k;
      if (!style.communityShown[i] || count >= MOST_NAMES || (radius < 7 && count > 24)) continue;
      const [px, py] = gn.toScreen(camera, screen, group.x, group.y);
      const width = pen.measureText(group.name).width + 10;
      // on a small disc beside nothing, on a large one at its upper rim, where it hides least
      const high = Math.max(py - radius - 4, Math.min(py, 24)) - 9;
      if (py + radius < 0 || !room.take(px - width / 2, high, width, 18)) continue;
      pill(pen, px - width / 2, high, width, 18, style.colours, style.rimOf(i));
      pen.fillStyle = style.colours.ink;
      pen.fillText(group.name, px, high + 10);
      count++;
    }
  }

  function pill(pen, x, y, width, height, colours, rim) {
    pen.beginPath();
    pen.roundRect(x, y, width, height, 5);
    pen.fillStyle = colours.paper + "e0";
    pen.fill();
    pen.strokeStyle = rim;
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  function accountNames(pen, { camera, screen, model }, style, room) {
    pen.font = `12px ${FONT}`;
    let count = 0;
    const put = (i, wanted) => {
      const radius = gn.radius(model.size[i], camera.k);
      if (!style.shown[i] || (!wanted && (radius < NAMED || style.faint(i)))) return;
      const [px, py] = gn.toScreen(camera, screen, model.x[i], model.y[i]);
      if (px < 0 || py < 0 || px > screen.width || py > screen.height) return;
      const width = pen.measureText(model.labels[i]).width;
      const sides = [
        [px + radius + 6, py],
        [px - radius - 6 - width, py],
        [px - width / 2, py - radius - 13],
        [px - width / 2, py + radius + 13],
      ];
      // what is selected gets its name wherever there is room, others only on their right
      const side = sides.slice(0, wanted ? 4 : 1).find(([x, y]) => room.take(x, y - 8, width, 16));
      if (!side) return;
      gn.drawText(pen, model.labels[i], ...side, style.colours);
      count++;
    };
    for (const i of style.chosen) {
      const radius = gn.radius(model.size[i], camera.k) + 4;
      const [px, py] = gn.toScreen(camera, screen, model.x[i], model.y[i]);
      room.take(px - radius, py - radius / 2, 2 * radius, radius);
    }
    for (const i of style.named.slice(0, 40)) put(i, true);
    // names come by strength, so that the same ones stay while zooming
    for (let q = 0; q < model.n && q < 20_000 && count < MOST_LABELS; q++) put(model.order[q], false);
  }

  /** One name beside a mark, with a rim of paper to be read on any ground. See `gn.name` for its direction. */
  gn.drawText = function (pen, text, x, y, colours) {
    pen.direction = "ltr";
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3;
    pen.strokeStyle = colours.paper;
    pen.strokeText(text, x, y);
    pen.fillStyle = colours.ink;
    pen.fillText(text, x, y);
  };
})((globalThis.gn ??= Object.create(null)));
