/**
 * @file Where the picture is looked at from: a centre in the scene and how many pixels one unit of it takes.
 *
 * @typedef {{x: number, y: number, k: number}} Camera
 * @typedef {{width: number, height: number}} Screen
 */
(function (gn) {
  "use strict";

  /** Zoom relative to the whole picture: smallest and largest. */
  gn.ZOOM = [0.4, 400];

  /**
   * The camera that shows a box whole.
   * @param {[number, number, number, number]} box left, top, right, bottom
   * @param {Screen} screen
   * @param {number} [share] of the screen that the box takes
   * @returns {Camera}
   */
  gn.fitted = function ([left, top, right, bottom], { width, height }, share = 0.92) {
    const k = Math.min(width / (right - left || 1), height / (bottom - top || 1)) * share;
    return { x: (left + right) / 2, y: (top + bottom) / 2, k };
  };

  /** From the scene to the screen. @param {Camera} c @param {Screen} s @param {number} x @param {number} y */
  gn.toScreen = (c, s, x, y) => [(x - c.x) * c.k + s.width / 2, (y - c.y) * c.k + s.height / 2];

  /** From the screen to the scene. @param {Camera} c @param {Screen} s @param {number} px @param {number} py */
  gn.toScene = (c, s, px, py) => [(px - s.width / 2) / c.k + c.x, (py - s.height / 2) / c.k + c.y];

  /**
   * The camera after zooming by a factor with the point under the pointer held still.
   * @param {Camera} c @param {Screen} s @param {number} px @param {number} py @param {number} factor
   * @param {number} whole pixels a unit takes when all is shown
   * @returns {Camera}
   */
  gn.zoomed = function (c, s, px, py, factor, whole) {
    const [x, y] = gn.toScene(c, s, px, py);
    const k = gn.clamp(c.k * factor, whole * gn.ZOOM[0], whole * gn.ZOOM[1]);
    return { x: x - (px - s.width / 2) / k, y: y - (py - s.height / 2) / k, k };
  };

  /** The camera moved by pixels. @param {Camera} c @param {number} dx @param {number} dy @returns {Camera} */
  gn.panned = (c, dx, dy) => ({ x: c.x - dx / c.k, y: c.y - dy / c.k, k: c.k });

  /** Between two cameras, zoom evenly felt. @param {Camera} a @param {Camera} b @param {number} share @returns {Camera} */
  gn.between = (a, b, share) => ({
    x: a.x + (b.x - a.x) * share,
    y: a.y + (b.y - a.y) * share,
    k: a.k * Math.pow(b.k / a.k, share),
  });

  /** The part of the scene on the screen, with a margin in pixels. @param {Camera} c @param {Screen} s @param {number} m */
  gn.sight = function (c, s, m = 0) {
    const [left, top] = gn.toScene(c, s, -m, -m);
    return [left, top, ...gn.toScene(c, s, s.width + m, s.height + m)];
  };

  /** Radius of a mark on the screen. @param {number} size radius at zoom 1 @param {number} k pixels a unit */
  gn.radius = (size, k) => gn.clamp(size * k, 0.8, 20);
})((globalThis.gn ??= Object.create(null)));
