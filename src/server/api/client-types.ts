import { openApi } from './openapi.ts';

type Json = { [key: string]: unknown };

/** The types a client of the OpenAPI document needs, in the shape `openapi-fetch` takes. */
export function clientTypes(): string {
  const { paths, components } = openApi('') as { paths: Record<string, Json>; components: { schemas: Json } };
  const lines = [
    '// Made from the route table by `node scripts/api-client.mjs`; do not edit.',
    '',
    'export interface Schemas {',
    ...Object.entries(components.schemas).map(([name, schema]) => `  ${name}: ${typeText(schema as Json)};`),
    '}',
    '',
    'export interface paths {',
  ];
  for (const [path, methods] of Object.entries(paths)) {
    lines.push(`  '${path}': {`, '    parameters: { query?: never; header?: never; path?: never; cookie?: never };');
    for (const method of ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']) {
      const operation = methods[method] as Json | undefined;
      if (operation) lines.push(`    /** ${operation.summary} */`);
      lines.push(operation ? `    ${method}: ${operationText(operation)};` : `    ${method}?: never;`);
    }
    lines.push('  };');
  }
  lines.push('}', '');
  return lines.join('\n');
}

function operationText({ parameters = [], requestBody, responses }: Json): string {
  const named = (where: string) => (parameters as Json[]).filter((p) => p.in === where);
  const group = (where: string) => {
    const list = named(where);
    if (list.length === 0) return `${where}?: never`;
    const optional = list.every((p) => !p.required) ? '?' : '';
    return `${where}${optional}: { ${list.map((p) => `${p.name}${p.required ? '' : '?'}: ${typeText(p.schema as Json)}`).join('; ')} }`;
  };
  const body = requestBody
    ? `requestBody: { content: { ${contentText((requestBody as Json).content as Json, 'Blob | Uint8Array')} } }`
    : 'requestBody?: never';
  const replies = Object.entries(responses as Json)
    .filter(([status]) => status !== 'default')
    .map(([status, reply]) => {
      const content = (reply as Json).content as Json | undefined;
      const text = content ? `content: { ${contentText(content, 'Blob')} }` : 'content?: never';
      return `${status}: { headers: { [name: string]: unknown }; ${text} }`;
    });
  replies.push(
    "default: { headers: { [name: string]: unknown }; content: { 'application/json': Schemas['Problem'] } }",
  );
  const parts = [
    `parameters: { ${group('query')}; header?: never; ${group('path')}; cookie?: never }`,
    body,
    `responses: { ${replies.join('; ')} }`,
  ];
  return `{ ${parts.join('; ')} }`;
}

const contentText = (content: Json, binary: string): string =>
  Object.entries(content)
    .map(([type, of]) => {
      const schema = (of as Json).schema as Json;
      return `'${type}': ${schema.format === 'binary' ? binary : typeText(schema)}`;
    })
    .join('; ');

/** JSON schema → TypeScript, for what the models use of it. */
export function typeText(schema: Json): string {
  if (typeof schema.$ref === 'string') return `Schemas['${schema.$ref.split('/').at(-1)}']`;
  if ('const' in schema) return JSON.stringify(schema.const).replaceAll('"', "'");
  if (Array.isArray(schema.enum)) return schema.enum.map((v) => `'${v}'`).join(' | ');
  const either = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (either) return either.map(typeText).join(' | ');
  if (Array.isArray(schema.allOf)) return (schema.allOf as Json[]).map(typeText).join(' & ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ ...schema, type })).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return Array.isArray(schema.prefixItems)
        ? `[${(schema.prefixItems as Json[]).map(typeText).join(', ')}]`
        : `(${typeText((schema.items as Json) ?? {})})[]`;
    case 'object':
      return objectText(schema);
    default:
      return 'unknown';
  }
}

function objectText({ properties, required, additionalProperties }: Json): string {
  if (!properties)
    return `{ [key: string]: ${typeof additionalProperties === 'object' ? typeText(additionalProperties as Json) : 'unknown'} }`;
  const must = (required as string[] | undefined) ?? [];
  const fields = Object.entries(properties as Json).map(
    ([name, schema]) => `${name}${must.includes(name) ? '' : '?'}: ${typeText(schema as Json)}`,
  );
  return fields.length ? `{ ${fields.join('; ')} }` : '{ [key: string]: never }';
}
