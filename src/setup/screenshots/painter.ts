/** Hills, woods or roofs from one side of the picture to the other. */
interface Ridge {
  readonly color: string;
  /** Where its line lies, in parts of the height, and how far it goes up and down from there. */
  readonly at: number;
  readonly rough: number;
  readonly shape: 'hills' | 'peaks' | 'trees' | 'roofs';
  /** Widths of the picture that it moves by in the whole clip. */
  readonly drift: number;
}

/** A picture that moves, as far as the painter knows any. Colours are as CSS has them; places are parts of the picture. */
export interface Scene {
  /** From the top to the bottom. */
  readonly sky: readonly string[];
  /** Sun or moon. */
  readonly disc?: { readonly color: string; readonly x: number; readonly y: number; readonly size: number };
  readonly ridges?: readonly Ridge[];
  /** Everything below this line is water that the disc shines on. */
  readonly water?: { readonly at: number; readonly color: string; readonly glint: string };
  readonly air?: {
    readonly kind: 'snow' | 'rain' | 'stars' | 'sparks' | 'steam' | 'leaves' | 'bubbles';
    readonly color: string;
    readonly count: number;
  };
  readonly thing?: 'boat' | 'kite' | 'cup' | 'tent' | 'plant' | 'record';
  /** Lights of the north. */
  readonly curtain?: string;
}

/** How large and how long a clip is made. */
export interface Film {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/**
 * Paints all pictures of a clip; gives JPEGs in base64. Runs in a browser, alone: it may use nothing from outside of itself.
 * The same scene gives the same pictures each time.
 */
export function paint({ scene, film }: { scene: Scene; film: Film }): string[] {
  const { width: w, height: h, frames } = film;
  const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
  const found = canvas.getContext('2d');
  if (!found) throw new Error('This browser has no canvas.');
  const pen = found;
  const unit = Math.min(w, h);
  /** Between 0 and 1, the same for the same number. */
  const chance = (n: number) => {
    const value = Math.sin(n * 127.1 + 311.7) * 43_758.5453;
    return value - Math.floor(value);
  };

  function fillSky(): void {
    const fill = pen.createLinearGradient(0, 0, 0, h);
    scene.sky.forEach((color, n) => {
      fill.addColorStop(n / Math.max(1, scene.sky.length - 1), color);
    });
    pen.fillStyle = fill;
    pen.fillRect(0, 0, w, h);
  }

  function glow(x: number, y: number, radius: number, color: string, alpha: number): void {
    const fill = pen.createRadialGradient(x, y, 0, x, y, radius);
    fill.addColorStop(0, color);
    fill.addColorStop(1, `${color}00`);
    pen.globalAlpha = alpha;
    pen.fillStyle = fill;
    pen.fillRect(x - radius, y - radius, radius * 2, radius * 2);
    pen.globalAlpha = 1;
  }

  function circle(x: number, y: number, radius: number, color: string, alpha = 1): void {
    pen.globalAlpha = alpha;
    pen.fillStyle = color;
    pen.beginPath();
    pen.arc(x, y, Math.max(0, radius), 0, Math.PI * 2);
    pen.fill();
    pen.globalAlpha = 1;
  }

  function hangCurtain(color: string, t: number): void {
    for (let x = 0; x < w; x += 4) {
      const wave = Math.sin(x / (w * 0.16) + t * 6.28) + 0.6 * Math.sin(x / (w * 0.07) - t * 12.56);
      const top = h * (0.14 + 0.05 * wave);
      const length = h * (0.3 + 0.08 * Math.sin(x / (w * 0.05) + t * 6.28));
      const fill = pen.createLinearGradient(0, top, 0, top + length);
      fill.addColorStop(0, 'transparent');
      fill.addColorStop(0.35, color);
      fill.addColorStop(1, 'transparent');
      pen.globalAlpha = 0.3 + 0.22 * Math.sin(x / (w * 0.11) + t * 6.28);
      pen.fillStyle = fill;
      pen.fillRect(x, top, 4, length);
    }
    pen.globalAlpha = 1;
  }

  const outline: Record<Ridge['shape'], (x: number) => number> = {
    hills: (x) => 0.6 * Math.sin(x * 5) + 0.3 * Math.sin(x * 11 + 1) + 0.1 * Math.sin(x * 23),
    peaks: (x) => {
      const fold = (value: number) => Math.abs((value % 1) - 0.5) * 4 - 1;
      return 0.62 * fold(x * 1.7 + 8) + 0.28 * fold(x * 4.3 + 8.3) + 0.1 * fold(x * 13 + 8);
    },
    trees: (x) => {
      const place = x * 26;
      const tall = 0.5 + chance(Math.floor(place)) * 0.5;
      return 1 - 2 * tall * (1 - Math.abs((place % 1) - 0.5) * 1.7);
    },
    roofs: (x) => 1 - 2 * chance(Math.floor(x * 11)),
  };

  function drawRidge({ color, at, rough, shape, drift }: Ridge, nth: number, t: number): void {
    const line = (x: number) => h * (at + rough * outline[shape](x / w + 3 + nth * 0.37 + t * drift));
    pen.fillStyle = color;
    pen.beginPath();
    pen.moveTo(0, h);
    for (let x = 0; x <= w; x += 2) pen.lineTo(x, line(x));
    pen.lineTo(w, h);
    pen.fill();
    if (shape === 'roofs') lightWindows(nth, t * drift, at, rough);
  }

  function lightWindows(nth: number, moved: number, at: number, rough: number): void {
    const step = unit * 0.022;
    for (let column = 0; column * step < w; column += 1) {
      const place = (column * step) / w + 3 + nth * 0.37 + moved;
      const top = h * (at + rough * outline.roofs(place)) + step * 0.8;
      const house = Math.floor(place * 11);
      if ((place * 11) % 1 < 0.12 || (place * 11) % 1 > 0.86) continue;
      for (let row = 0; top + row * step * 1.8 < h; row += 1) {
        if (chance(house * 57 + row * 13 + Math.floor((place * 220) % 20)) < 0.72) continue;
        circle(column * step, top + row * step * 1.8, step * 0.32, '#ffd98a', 0.85);
      }
    }
  }

  function pourWater({ at, color, glint }: NonNullable<Scene['water']>, t: number): void {
    const fill = pen.createLinearGradient(0, h * at, 0, h);
    fill.addColorStop(0, glint);
    fill.addColorStop(0.25, color);
    fill.addColorStop(1, color);
    pen.fillStyle = fill;
    pen.fillRect(0, h * at, w, h * (1 - at));
    const middle = w * (scene.disc?.x ?? 0.5);
    for (let n = 0; n < 90; n += 1) {
      const depth = chance(n) ** 1.4;
      const y = h * (at + (1 - at) * depth);
      const sway = Math.sin(t * 6.28 + n) * unit * 0.02;
      const x = middle + (chance(n + 200) - 0.5) * w * (0.12 + depth * 0.6) + sway;
      const size = unit * (0.02 + 0.09 * depth) * (0.6 + 0.4 * Math.sin(t * 12.56 + n * 2));
      pen.globalAlpha = 0.2 + 0.5 * (1 - depth);
      pen.fillStyle = glint;
      pen.beginPath();
      pen.ellipse(x, y, Math.max(1, size), unit * 0.0045, 0, 0, Math.PI * 2);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  function fillAir({ kind, color, count }: NonNullable<Scene['air']>, t: number): void {
    for (let n = 0; n < count; n += 1) {
      const [a, b, c] = [chance(n), chance(n + 500), chance(n + 900)];
      const falls = (speed: number) => ((b + t * speed) % 1) * h;
      const rises = (speed: number) => h - falls(speed);
      const turn = t * 6.28 + n;
      if (kind === 'stars')
        circle(a * w, b * h * 0.6, unit * (0.0015 + c * 0.003), color, 0.35 + 0.6 * Math.abs(Math.sin(turn)));
      if (kind === 'snow')
        circle(
          a * w + Math.sin(turn) * unit * 0.03,
          falls(1),
          unit * (0.003 + c * 0.008),
          color,
          0.5 + c * 0.5,
        );
      if (kind === 'sparks')
        circle(
          a * w + Math.sin(turn) * unit * 0.08,
          h * (0.45 + b * 0.5) + Math.cos(turn * 1.5) * unit * 0.04,
          unit * (0.004 + c * 0.005),
          color,
          Math.abs(Math.sin(turn * 2)),
        );
      if (kind === 'bubbles')
        circle(
          a * w + Math.sin(turn) * unit * 0.03,
          rises(1),
          unit * (0.004 + c * 0.022),
          color,
          0.12 + c * 0.2,
        );
      if (kind === 'steam') {
        const up = (b + t) % 1;
        glow(
          w * (0.5 + (a - 0.5) * 0.16 + Math.sin(turn + up * 5) * 0.03),
          h * (0.56 - up * 0.36),
          unit * (0.06 + up * 0.16),
          color,
          0.16 * (1 - up),
        );
      }
      if (kind === 'rain') {
        pen.globalAlpha = 0.18 + c * 0.3;
        pen.fillStyle = color;
        pen.fillRect(a * w, falls(5 + Math.floor(c * 3)), unit * 0.003, unit * (0.03 + c * 0.05));
        pen.globalAlpha = 1;
      }
      if (kind === 'leaves') {
        pen.save();
        pen.translate(a * w + Math.sin(turn) * unit * 0.1, falls(1));
        pen.rotate(turn * 1.5);
        pen.globalAlpha = 0.6 + c * 0.4;
        pen.fillStyle = color;
        pen.beginPath();
        pen.ellipse(0, 0, unit * (0.012 + c * 0.014), unit * 0.007, 0, 0, Math.PI * 2);
        pen.fill();
        pen.restore();
      }
    }
  }

  function shape(color: string, points: readonly (readonly [number, number])[]): void {
    pen.fillStyle = color;
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x * unit, y * unit);
    pen.closePath();
    pen.fill();
  }

  const things: Record<NonNullable<Scene['thing']>, (t: number) => void> = {
    boat(t) {
      pen.translate(w * 0.5, h * 0.66 + Math.sin(t * 12.56) * unit * 0.012);
      pen.rotate(Math.sin(t * 6.28) * 0.05);
      shape('#f6efe2', [
        [-0.2, 0],
        [0.2, 0],
        [0.12, 0.09],
        [-0.12, 0.09],
      ]);
      shape('#ffffff', [
        [0, -0.02],
        [0, -0.24],
        [0.15, -0.02],
      ]);
      shape('#e3d7c2', [
        [-0.012, -0.02],
        [-0.012, -0.19],
        [-0.12, -0.02],
      ]);
    },
    kite(t) {
      const [x, y] = [0.5 + 0.16 * Math.sin(t * 6.28), 0.3 + 0.05 * Math.sin(t * 12.56)];
      pen.strokeStyle = '#ffffffaa';
      pen.lineWidth = unit * 0.004;
      pen.beginPath();
      pen.moveTo(w * x, h * y);
      pen.quadraticCurveTo(w * 0.45, h * 0.66, w * 0.3, h * 0.86);
      pen.stroke();
      pen.translate(w * x, h * y);
      pen.rotate(Math.sin(t * 6.28) * 0.35);
      shape('#e5484d', [
        [0, -0.17],
        [0.11, 0],
        [0, 0],
      ]);
      shape('#f7c948', [
        [0, -0.17],
        [-0.11, 0],
        [0, 0],
      ]);
      shape('#2f9e8f', [
        [-0.11, 0],
        [0, 0.19],
        [0, 0],
      ]);
      shape('#3a6ea5', [
        [0.11, 0],
        [0, 0.19],
        [0, 0],
      ]);
    },
    cup() {
      pen.translate(w * 0.5, h * 0.7);
      pen.strokeStyle = '#f4efe6';
      pen.lineWidth = unit * 0.04;
      pen.beginPath();
      pen.arc(unit * 0.24, -unit * 0.02, unit * 0.09, -1.5, 1.5);
      pen.stroke();
      shape('#f4efe6', [
        [-0.24, -0.16],
        [0.24, -0.16],
        [0.17, 0.17],
        [-0.17, 0.17],
      ]);
      pen.fillStyle = '#6b3f22';
      pen.beginPath();
      pen.ellipse(0, -unit * 0.16, unit * 0.24, unit * 0.05, 0, 0, Math.PI * 2);
      pen.fill();
    },
    tent(t) {
      pen.translate(w * 0.52, h * 0.86);
      glow(0, -unit * 0.1, unit * 0.5, '#ffb45a', 0.4 + 0.08 * Math.sin(t * 25));
      shape('#f29a3f', [
        [-0.27, 0.05],
        [0, -0.27],
        [0.27, 0.05],
      ]);
      shape('#8c3f1c', [
        [-0.07, 0.05],
        [0, -0.16],
        [0.07, 0.05],
      ]);
    },
    plant(t) {
      pen.translate(w * 0.5, h * 0.82);
      const grown = 0.35 + 0.65 * Math.min(1, t * 1.25);
      for (let n = 0; n < 9; n += 1) {
        pen.save();
        pen.rotate((n - 4) * 0.26 * grown + Math.sin(t * 6.28 + n) * 0.03);
        pen.fillStyle = n % 2 === 0 ? '#3d9a50' : '#63b96a';
        pen.beginPath();
        pen.ellipse(0, -unit * 0.26 * grown, unit * 0.05 * grown, unit * 0.26 * grown, 0, 0, Math.PI * 2);
        pen.fill();
        pen.restore();
      }
      shape('#b5633c', [
        [-0.17, 0],
        [0.17, 0],
        [0.12, 0.24],
        [-0.12, 0.24],
      ]);
      shape('#c97a50', [
        [-0.19, -0.02],
        [0.19, -0.02],
        [0.19, 0.05],
        [-0.19, 0.05],
      ]);
    },
    record(t) {
      pen.translate(w * 0.5, h * 0.5);
      pen.rotate(t * 6.28);
      circle(0, 0, unit * 0.4, '#141416');
      for (let n = 0; n < 9; n += 1) {
        pen.strokeStyle = `rgb(255 255 255 / ${n % 3 === 0 ? 16 : 7}%)`;
        pen.lineWidth = unit * 0.002;
        pen.beginPath();
        pen.arc(0, 0, unit * (0.16 + n * 0.026), n, n + 4.6);
        pen.stroke();
      }
      circle(0, 0, unit * 0.13, '#e8a33d');
      shape('#8f3b2e', [
        [-0.09, 0.012],
        [0.09, 0.012],
        [0.07, 0.04],
        [-0.07, 0.04],
      ]);
      circle(0, 0, unit * 0.012, '#f4efe6');
    },
  };

  function drawFrame(t: number): string {
    fillSky();
    if (scene.air?.kind === 'stars') fillAir(scene.air, t);
    if (scene.curtain) hangCurtain(scene.curtain, t);
    if (scene.disc) {
      const { x, y, size, color } = scene.disc;
      glow(x * w, y * h, unit * size * 4, color, 0.5);
      circle(x * w, y * h, unit * size, color);
    }
    scene.ridges?.forEach((ridge, nth) => {
      drawRidge(ridge, nth, t);
    });
    if (scene.water) pourWater(scene.water, t);
    if (scene.thing) {
      pen.save();
      things[scene.thing](t);
      pen.restore();
    }
    if (scene.air && scene.air.kind !== 'stars') fillAir(scene.air, t);
    return canvas.toDataURL('image/jpeg', 0.9).replace(/^[^,]*,/, '');
  }

  return Array.from({ length: frames }, (_, n) => drawFrame(n / frames));
}
