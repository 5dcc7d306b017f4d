// What a reader does on the page of runs, timed inside the page: from the input to the frame after what it asked for
// stands there. It runs as it is in any browser, so it may use nothing from outside of the function.

/**
 * Runs every interaction `n` times and answers the milliseconds of each, by name.
 * @param {number} n
 * @returns {Promise<[string, number[]][]>}
 */
export async function interactions(n) {
  const PATIENCE_MS = 30_000;
  const REST_MS = 400;
  const table = () => document.querySelector('[aria-label="Runs"][role=treegrid], [aria-label="Runs"][role=grid]');
  const rows = () => [...table().querySelectorAll('[role=row][aria-selected]')];
  const loaded = () =>
    rows().length > 0 && rows().every((row) => !row.ariaBusy && row.querySelector('[role=gridcell]'));
  const texts = () =>
    rows()
      .map((row) => row.innerText)
      .join('\n');
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const named = (selector, text) =>
    [...document.querySelectorAll(selector)].find((own) => own.innerText.startsWith(text));

  /**
   * The time until `is` holds and has been painted: a task that is queued in a frame runs after that frame's paint.
   * It looks when the page has changed, not frame by frame: a page that waits draws nothing.
   */
  async function timed(act, is) {
    const begun = performance.now();
    const holds = new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error(`nothing came of ${act}`)), PATIENCE_MS);
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
      function look() {
        if (!is()) return;
        clearTimeout(late);
        observer.disconnect();
        done();
      }
      act();
      look();
    });
    await holds;
    await frame();
    await new Promise((done) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = done;
      channel.port2.postMessage(0);
    });
    return performance.now() - begun;
  }

  async function until(is) {
    const begun = performance.now();
    while (!is()) {
      if (performance.now() - begun > PATIENCE_MS) throw new Error(`never: ${is}`);
      await frame();
    }
  }

  const first = () => Number(rows()[0]?.getAttribute('aria-rowindex') ?? 0);
  const order = () => {
    const places = rows().map((row) => Number(row.getAttribute('aria-rowindex')));
    return Math.min(...places);
  };
  const field = () => document.querySelector('input[data-filter]');
  const type = (text) => {
    field().value = text;
    field().dispatchEvent(new Event('input', { bubbles: true }));
  };
  const note = () => document.querySelector('.trailing')?.innerText ?? '';
  const head = (at) => table().querySelectorAll('[role=columnheader] button')[at];
  const times = {};
  // A reader begins when the page is at rest.
  const keep = async (name, act, is) => {
    await sleep(REST_MS);
    (times[name] ??= []).push(await timed(act, is));
  };

  await until(() => table() && loaded());
  // The example that the field shows is about a metric of this lab.
  await until(() => /metrics\.\S+/.test(field().placeholder));
  const [metric] = /metrics\.\S+/.exec(field().placeholder);
  const height = table().scrollHeight;
  for (let i = 0; i < n; i += 1) {
    // What the frames alone take, on this machine as it is.
    await keep(
      'nothing',
      () => undefined,
      () => true,
    );
    // A page on, within what is here; then somewhere far away, which has to be read.
    table().scrollTop = 0;
    await until(() => loaded() && order() === 2);
    await keep(
      'scroll by a page',
      () => (table().scrollTop += table().clientHeight),
      () => loaded() && order() > 2,
    );
    const far = Math.floor((height * (i + 1)) / (n + 2));
    await keep(
      'scroll far away',
      () => (table().scrollTop = far),
      () => loaded() && first() > 60,
    );
    table().scrollTop = 0;
    await until(() => loaded() && order() === 2);

    const before = texts();
    await keep(
      'sort by a column',
      () => head(1 + (i % 2)).click(),
      () => loaded() && texts() !== before,
    );
    const sorted = texts();
    await keep(
      'sort by a second column',
      () => head(4).dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true })),
      () => loaded() && table().querySelectorAll('[aria-sort$=ending]').length === 2 && texts() !== sorted,
    );
    const all = note();
    await keep(
      'filter',
      () => type(`${metric} > 0.${80 + (i % 15)}`),
      () => note() !== all && loaded(),
    );
    const filtered = note();
    await keep(
      'clear the filter',
      () => type(''),
      () => note() !== filtered && loaded(),
    );

    const pick = rows()[4].querySelector('[title^="Select"], [title^="Take"]');
    await keep(
      'select a run',
      () => pick.click(),
      () => table().querySelectorAll('[aria-selected=true]').length === 1,
    );
    await keep(
      'select a range',
      () => rows()[14].dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true })),
      () => table().querySelectorAll('[aria-selected=true]').length >= 10,
    );
    const close = () => document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    await keep('clear the selection', close, () => !table().querySelector('[aria-selected=true]'));
    table().focus();
    await keep(
      'select all',
      () => table().dispatchEvent(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true })),
      () => /^[\d,]{4,} selected/.test(named('[role=toolbar] .n', '')?.innerText ?? ''),
    );
    await keep('clear all', close, () => !document.querySelector('[role=toolbar]'));

    const fold = () => table().querySelector('button[aria-expanded=true]');
    if (fold()) {
      const unfolded = table().getAttribute('aria-rowcount');
      await keep(
        'fold a run',
        () => fold().click(),
        () => table().getAttribute('aria-rowcount') !== unfolded,
      );
      const folded = table().getAttribute('aria-rowcount');
      await keep(
        'unfold it',
        () => table().querySelector('button[aria-expanded=false]').click(),
        () => table().getAttribute('aria-rowcount') !== folded,
      );
    }
  }
  // As a list: a driver may put the names of an object in another order.
  return Object.entries(times);
}
