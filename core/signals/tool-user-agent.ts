import { TOOL_AGENTS } from '../records/cloudtrail/user-agent.ts';
import { SENSITIVE, type Signal } from './signal.ts';

const TOOLS = new Set(TOOL_AGENTS);

/** A tool that gives itself away. Its absence says nothing: the user agent is the caller's to choose. */
export const toolUserAgent: Signal = {
  id: 'tool-user-agent',
  family: 'person',
  description: 'A user agent of an attack tool',
  appliesTo: SENSITIVE,

  evaluate({ origin }) {
    if (!TOOLS.has(origin.agent)) return undefined;
    return { strength: 1, reason: `The user agent is that of ${origin.agent}, an attack or test tool` };
  },
};
