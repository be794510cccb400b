import type { ReactNode } from 'react';

export function Brand(): ReactNode {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0f6b66" />
        <path
          d="M7 11h8.5c3 0 3 10 6 10H25"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
        />
        <path d="M7 21h5M20 11h5" fill="none" stroke="#7fd6cf" strokeWidth="2.6" strokeLinecap="round" />
      </svg>
      Sluice
    </span>
  );
}
