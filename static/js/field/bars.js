// The bars above and below a page of the phone stand over it only as long as they leave most of the screen.

const MOST = 0.3; // of a screen's height

/** Bars that take more than their share, as with large letters, lie still at the ends of the page. */
export function keepBarsSmall() {
  const bars = [".topbar", ".bottombar"].map((one) => document.querySelector(one));
  const look = () => {
    const [top, bottom] = bars.map((one) => one.offsetHeight),
      most = innerHeight * MOST;
    document.body.classList.toggle("still-below", top + bottom > most);
    document.body.classList.toggle("still-above", top > most);
  };
  addEventListener("resize", look);
  if (!globalThis.ResizeObserver) return look();
  const observer = new ResizeObserver(look);
  return bars.forEach((one) => observer.observe(one));
}
