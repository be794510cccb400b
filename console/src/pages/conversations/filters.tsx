import { Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorClassName } from '../../../../src/domain/error-class.ts';
import { useCodeWord } from '../../parts/code-word.tsx';
import { useAddressState } from '../../parts/use-address-state.ts';
import { useModels } from '../../parts/use-models.ts';

/** Every class; `timeout` stands for each kind of it. */
const CLASSES = Object.keys({
  context_length: 0,
  out_of_memory: 0,
  connection_reset: 0,
  connection_refused: 0,
  timeout: 0,
  overloaded: 0,
  rate_limited: 0,
  model_not_found: 0,
  auth: 0,
  bad_request: 0,
  invalid_response: 0,
  truncated: 0,
  upstream_5xx: 0,
  client_abort: 0,
  rejected: 0,
} satisfies Record<Exclude<ErrorClassName, `timeout_${string}`>, 0>);

/** What is looked for, as it stands in the address. */
export function useFilters() {
  const [model, setModel] = useAddressState<string>('model', '');
  const [user, setUser] = useAddressState<string>('user', '');
  const [errorClass, setErrorClass] = useAddressState<string>('error', '');
  const query = {
    ...(model !== '' && { model_id: model }),
    ...(user !== '' && { user_id: user }),
    ...(errorClass !== '' && { error_class: errorClass }),
  };
  return { model, setModel, user, setUser, errorClass, setErrorClass, query };
}

interface FiltersProps extends ReturnType<typeof useFilters> {
  readonly hasErrors: boolean;
}

export function Filters({ hasErrors, ...filters }: FiltersProps): ReactNode {
  const { t } = useTranslation();
  const word = useCodeWord();
  const models = useModels().data?.items ?? [];
  return (
    <div className="row filters">
      <Input.Search
        allowClear
        aria-label={t('conversations.user')}
        placeholder={t('conversations.user')}
        defaultValue={filters.user}
        onSearch={filters.setUser}
      />
      <Select
        allowClear
        aria-label={t('common.model')}
        placeholder={t('common.model')}
        value={filters.model === '' ? null : filters.model}
        onChange={(id: string | null) => filters.setModel(id ?? '')}
        options={models.map(({ id }) => ({ value: id, label: id }))}
        popupMatchSelectWidth={false}
      />
      {hasErrors && (
        <Select
          allowClear
          showSearch
          aria-label={t('overview.class')}
          placeholder={t('overview.class')}
          value={filters.errorClass === '' ? null : filters.errorClass}
          onChange={(name: string | null) => filters.setErrorClass(name ?? '')}
          options={CLASSES.map((value) => ({ value, label: `${word('errorClass', value)} · ${value}` }))}
          popupMatchSelectWidth={false}
        />
      )}
    </div>
  );
}
