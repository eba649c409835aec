import { METHODS, type MethodSpec, NOTIFICATIONS, PROTOCOL_VERSION } from '@plurnk/protocol';
import { z } from 'zod';
import type { Handler } from '../services.ts';

/** Generated from the registry (RPC-6), so it cannot lie. */
export const discover: Handler<'discover'> = async (_params, services) => ({
  protocolVersion: PROTOCOL_VERSION,
  methods: Object.fromEntries(Object.entries(METHODS).map(([name, spec]) => [name, describeMethod(spec)])),
  notifications: Object.fromEntries(
    Object.entries(NOTIFICATIONS).map(([name, { description, payload }]) => [
      name,
      { description, params: jsonSchema(payload, 'output') },
    ]),
  ),
  capabilities: {
    providers: [...services.models.providers()],
    schemes: services.operations.schemes.map(scheme => scheme.name),
    mimetypes: [...services.mimetypes()],
    runtimes: services.operations
      .runtimes()
      .filter(runtime => runtime.available)
      .map(runtime => runtime.name),
  },
  versions: {
    service: { installed: services.version, latest: services.latestVersion() },
    client: { latest: services.latestVersion() },
  },
});

function describeMethod(spec: MethodSpec) {
  return {
    description: spec.description,
    params: jsonSchema(spec.params, 'input'),
    ...(spec.requiresInit === true ? { requiresInit: true } : {}),
    ...(spec.longRunning === true ? { longRunning: true } : {}),
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
