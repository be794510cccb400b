/** Colours by their meaning. Text on `surface` and `ground` keeps a contrast of 4.5 or more. */
export interface Palette {
  readonly ground: string;
  readonly surface: string;
  readonly raised: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly link: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  readonly info: string;
  /** Of models, in the order in which they are registered. */
  readonly series: readonly string[];
}

export const LIGHT: Palette = {
  ground: '#f4f6f7',
  surface: '#ffffff',
  raised: '#f8fafa',
  line: '#e1e7e9',
  text: '#152122',
  muted: '#526166',
  accent: '#0f6b66',
  link: '#0b6560',
  good: '#1b7a43',
  warn: '#935600',
  bad: '#b3261e',
  info: '#2a5ba8',
  series: ['#0f7d76', '#d97a1f', '#5a68d8', '#b0457a', '#728a1e', '#2f86bd', '#8a5a3c', '#66737a'],
};

export const DARK: Palette = {
  ground: '#0c1213',
  surface: '#131b1d',
  raised: '#182225',
  line: '#263235',
  text: '#e3ebeb',
  muted: '#9db0b3',
  accent: '#12807a',
  link: '#5cc7bd',
  good: '#55c584',
  warn: '#e0a84a',
  bad: '#f2857c',
  info: '#82aef0',
  series: ['#3fb8ae', '#f0a050', '#8f9bff', '#e07fae', '#a8c14a', '#62b4e6', '#c79068', '#9aa8ae'],
};
