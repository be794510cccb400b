import {
  ApiOutlined,
  AuditOutlined,
  BranchesOutlined,
  CommentOutlined,
  DashboardOutlined,
  ExperimentOutlined,
  HeartOutlined,
  MessageOutlined,
  RiseOutlined,
  SafetyCertificateOutlined,
  SettingOutlined,
} from '@ant-design/icons';
import { type ComponentType, lazy, type ReactNode } from 'react';
import type { Role } from '../../../src/domain/access.ts';

interface PageEntry {
  /** Everything below it belongs to the page too. */
  readonly path: string;
  readonly name: `nav.${'overview' | 'models' | 'routes' | 'rollouts' | 'experiments' | 'review' | 'conversations' | 'health' | 'playground' | 'settings' | 'audit'}`;
  readonly icon: ReactNode;
  readonly roles: readonly Role[];
  readonly view: ComponentType;
}

const EVERYBODY: readonly Role[] = ['viewer', 'analyst', 'operator', 'admin'];
const OPERATORS: readonly Role[] = ['operator', 'admin'];

/** Every page, in the order of the navigation; each is loaded when somebody first goes there. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    name: 'nav.overview',
    icon: <DashboardOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/overview/overview.tsx')).Overview })),
  },
  {
    path: '/models',
    name: 'nav.models',
    icon: <ApiOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/models/models.tsx')).Models })),
  },
  {
    path: '/routes',
    name: 'nav.routes',
    icon: <BranchesOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/routes/routes.tsx')).Routes })),
  },
  {
    path: '/rollouts',
    name: 'nav.rollouts',
    icon: <RiseOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/rollouts/rollouts.tsx')).Rollouts })),
  },
  {
    path: '/experiments',
    name: 'nav.experiments',
    icon: <ExperimentOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/experiments/experiments.tsx')).Experiments })),
  },
  {
    path: '/conversations',
    name: 'nav.conversations',
    icon: <MessageOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({
      default: (await import('../pages/conversations/conversations.tsx')).Conversations,
    })),
  },
  {
    path: '/review',
    name: 'nav.review',
    icon: <SafetyCertificateOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/review/review.tsx')).Review })),
  },
  {
    path: '/health',
    name: 'nav.health',
    icon: <HeartOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/health/health.tsx')).Health })),
  },
  {
    path: '/playground',
    name: 'nav.playground',
    icon: <CommentOutlined />,
    roles: OPERATORS,
    view: lazy(async () => ({ default: (await import('../pages/playground/playground.tsx')).Playground })),
  },
  {
    path: '/settings',
    name: 'nav.settings',
    icon: <SettingOutlined />,
    roles: EVERYBODY,
    view: lazy(async () => ({ default: (await import('../pages/settings/settings.tsx')).Settings })),
  },
  {
    path: '/audit',
    name: 'nav.audit',
    icon: <AuditOutlined />,
    roles: OPERATORS,
    view: lazy(async () => ({ default: (await import('../pages/audit/audit.tsx')).Audit })),
  },
];
