import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  readonly title: string;
  readonly advice: string;
  readonly children: ReactNode;
}

/** A fault in one page leaves the others usable. */
export class ErrorBoundary extends Component<BoundaryProps, { readonly error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="panel" role="alert">
        <h1>{this.props.title}</h1>
        <p className="muted">{this.props.advice}</p>
        <pre className="code">{error.message}</pre>
      </div>
    );
  }
}
