import type { JsonValue, Policy } from '@plurnk/protocol';
import picomatch from 'picomatch';
import type { ProposalDraft } from '../schemes/contract.ts';

export type PolicyVerdict = { readonly effect: 'allow' | 'deny'; readonly name: string } | null;

/** What the session's rules say of a proposal: deny always wins, silence means ask (ENG-66). */
export function judgeByPolicies(policies: readonly Policy[], draft: ProposalDraft): PolicyVerdict {
  const kind = draft.kind === 'exec' ? 'exec' : 'edit';
  const matches = policies.filter(policy => policy.kind === kind && applies(policy, draft));
  const deny = matches.find(policy => policy.effect === 'deny');
  if (deny !== undefined) return { effect: 'deny', name: deny.name };
  const allow = matches.find(policy => policy.effect === 'allow');
  if (allow === undefined || !insideWorkspace(draft)) return null;
  return { effect: 'allow', name: allow.name };
}

function applies(policy: Policy, draft: ProposalDraft): boolean {
  if (draft.kind === 'exec') return commandMatches(policy, String(draft.attrs.command ?? draft.body));
  const paths = touchedPaths(draft);
  const isMatch = picomatch(policy.pattern, { dot: true });
  return policy.effect === 'deny' ? paths.some(path => isMatch(path)) : paths.every(path => isMatch(path));
}

function touchedPaths(draft: ProposalDraft): readonly string[] {
  const path = draft.target.pathname ?? '';
  return typeof draft.attrs.to === 'string' ? [path, draft.attrs.to] : [path];
}

/** A file outside of the workspace is addressed absolutely or by leaving the root: never approved by a rule. */
function insideWorkspace(draft: ProposalDraft): boolean {
  if (draft.kind === 'exec') return true;
  return (
    draft.target.scheme === null &&
    touchedPaths(draft).every(
      path => path !== '' && !/^(?:[/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes('..'),
    )
  );
}

/**
 * `*` stands for anything in a command line. An allow rule must match every simple command of the line, and a line
 * with substitution, redirection or background jobs is never allowed by a rule, because such a line does more than it
 * shows; a deny rule needs to match one of them, or the whole line.
 */
function commandMatches(policy: Policy, command: string): boolean {
  const matches = wildcard(policy.pattern);
  const simple = command.split(/&&|\|\||[;|\n\r]/).map(part => part.trim());
  if (policy.effect === 'deny') return matches(command.trim()) || simple.some(matches);
  if (/[`<>&]|\$\(|\$\{/.test(command.replaceAll('&&', ''))) return false;
  return simple.every(part => part !== '' && matches(part));
}

function wildcard(pattern: string): (text: string) => boolean {
  const source = pattern
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*');
  const expression = new RegExp(`^${source}$`);
  return text => expression.test(text);
}

/** The rules in a session's settings; what is not a rule is left out, settings were validated on entry. */
export function policiesOf(value: JsonValue | undefined): readonly Policy[] {
  return Array.isArray(value) ? value.filter(isPolicy) : [];
}

function isPolicy(value: unknown): value is Policy {
  if (typeof value !== 'object' || value === null) return false;
  const policy = value as Partial<Policy>;
  return (
    typeof policy.name === 'string' &&
    typeof policy.pattern === 'string' &&
    (policy.kind === 'edit' || policy.kind === 'exec') &&
    (policy.effect === 'allow' || policy.effect === 'deny')
  );
}
