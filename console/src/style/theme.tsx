import { App, ConfigProvider, type ThemeConfig, theme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import { DARK, LIGHT, type Palette } from './palette.ts';

export const THEME_CHOICES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
const STORED = 'sluice.theme';

interface Look {
  readonly palette: Palette;
  readonly isDark: boolean;
  readonly choice: ThemeChoice;
  choose(choice: ThemeChoice): void;
}

const LookContext = createContext<Look>({
  palette: LIGHT,
  isDark: false,
  choice: 'system',
  choose: () => {},
});

export function useLook(): Look {
  return useContext(LookContext);
}

/** Colours and words of the widgets: light or dark as the system has it or as was chosen. */
export function ThemeProvider({ children }: { readonly children: ReactNode }) {
  const { i18n } = useTranslation();
  const [choice, setChoice] = useState<ThemeChoice>(storedChoice);
  const systemIsDark = useSyncExternalStore(watchSystem, () => SYSTEM_DARK.matches);
  const isDark = choice === 'system' ? systemIsDark : choice === 'dark';
  const palette = isDark ? DARK : LIGHT;
  useEffect(() => showPalette(palette, isDark), [palette, isDark]);
  const look = useMemo(
    () => ({
      palette,
      isDark,
      choice,
      choose(next: ThemeChoice) {
        localStorage.setItem(STORED, next);
        setChoice(next);
      },
    }),
    [palette, isDark, choice],
  );
  return (
    <LookContext.Provider value={look}>
      <ConfigProvider
        locale={i18n.language === 'zh-CN' ? zhCN : enUS}
        theme={themeOf(palette, isDark)}
        button={{ autoInsertSpace: false }}
      >
        <App component={false} message={{ maxCount: 3 }}>
          {children}
        </App>
      </ConfigProvider>
    </LookContext.Provider>
  );
}

const STILL = matchMedia('(prefers-reduced-motion: reduce)');
const SYSTEM_DARK = matchMedia('(prefers-color-scheme: dark)');

function watchSystem(onChange: () => void): () => void {
  SYSTEM_DARK.addEventListener('change', onChange);
  return () => SYSTEM_DARK.removeEventListener('change', onChange);
}

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORED);
  return THEME_CHOICES.find((choice) => choice === stored) ?? 'system';
}

/** The same colours for what the widgets do not draw. */
function showPalette({ series, ...colours }: Palette, isDark: boolean): void {
  const root = document.documentElement;
  root.style.colorScheme = isDark ? 'dark' : 'light';
  for (const [name, colour] of Object.entries(colours)) root.style.setProperty(`--${name}`, colour);
  for (const [index, colour] of series.entries()) root.style.setProperty(`--series-${index}`, colour);
}

export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace';

function themeOf(palette: Palette, isDark: boolean): ThemeConfig {
  return {
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: palette.accent,
      colorLink: palette.link,
      colorLinkHover: palette.link,
      colorSuccess: palette.good,
      colorWarning: palette.warn,
      colorError: palette.bad,
      colorInfo: palette.info,
      colorBgLayout: palette.ground,
      colorBgContainer: palette.surface,
      colorBgElevated: isDark ? palette.raised : palette.surface,
      colorBorder: isDark ? '#3a494d' : '#c9d3d6',
      colorBorderSecondary: palette.line,
      colorText: palette.text,
      colorTextSecondary: palette.muted,
      colorTextTertiary: palette.muted,
      colorTextDescription: palette.muted,
      colorTextPlaceholder: isDark ? '#8a9da1' : '#657277',
      colorTextDisabled: isDark ? '#7d9094' : '#6b787d',
      borderRadius: 8,
      fontFamily: FONT,
      fontFamilyCode: MONO,
      fontSize: 14,
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.16s',
      motion: !STILL.matches,
    },
    components: {
      Table: {
        headerBg: palette.raised,
        headerColor: palette.muted,
        cellPaddingBlock: 11,
        headerSplitColor: 'transparent',
      },
      Card: { headerFontSize: 15 },
      Tag: { defaultBg: palette.raised },
      Segmented: { itemColor: palette.muted },
      Tabs: { itemSelectedColor: palette.link, itemHoverColor: palette.link, inkBarColor: palette.link },
    },
  };
}
