import type { Node, TreeCursor } from 'web-tree-sitter';
import { parserFor } from './grammars.ts';
import { languageOf, type SourceLanguage } from './languages.ts';
import { EMPTY_INDEX, type OutlineNode, type Reference, type SourceIndex } from './outline.ts';

const NAME_NODE = /identifier$|^(?:name|constant|word|variable_name|class_name|id_name|property_name|tag_name)$/;
const FUNCTION_VALUE = /^(?:arrow_function|function_expression|generator_function|function|class)$/;

interface OpenNode {
  readonly kind: string;
  readonly name: string;
  readonly nameLine: number;
  readonly lineStart: number;
  readonly lineEnd: number;
  readonly children: OpenNode[];
}

/** Definitions and references of a source text; empty for a language without a grammar (RES-44). */
export async function indexSource(text: string, mimetype: string): Promise<SourceIndex> {
  const language = languageOf(mimetype);
  if (!language) return EMPTY_INDEX;
  const parser = await parserFor(language.grammar);
  const tree = parser.parse(text);
  if (!tree) return EMPTY_INDEX;
  try {
    return new Collector(language).collect(tree.walk());
  } finally {
    tree.delete();
  }
}

class Collector {
  readonly #language: SourceLanguage;
  readonly #outline: OpenNode[] = [];
  readonly #references: Reference[] = [];
  /** Start offsets of the nodes that name a definition: they are no references. */
  readonly #names = new Set<number>();

  constructor(language: SourceLanguage) {
    this.#language = language;
  }

  /** Walks with a cursor and an own stack: deep nesting must not exhaust the call stack. */
  collect(cursor: TreeCursor): SourceIndex {
    const open: (OpenNode | null)[] = [];
    for (let more = true; more; ) {
      const node = this.#visit(cursor, open);
      if (cursor.gotoFirstChild()) {
        open.push(node);
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) {
          more = false;
          break;
        }
        open.pop();
      }
    }
    cursor.delete();
    return { outline: this.#outline as readonly OutlineNode[], references: this.#references };
  }

  #visit(cursor: TreeCursor, open: readonly (OpenNode | null)[]): OpenNode | null {
    const type = cursor.nodeType;
    const kind = cursor.nodeIsNamed ? this.#language.definitions[type] : undefined;
    if (kind) return this.#define(cursor.currentNode, kind, open);
    if (cursor.nodeIsNamed && NAME_NODE.test(type) && !this.#names.has(cursor.startIndex)) {
      const node = cursor.currentNode;
      if (node.namedChildCount === 0) this.#references.push({ name: node.text, line: node.startPosition.row + 1 });
    }
    return null;
  }

  #define(node: Node, kind: string, open: readonly (OpenNode | null)[]): OpenNode | null {
    const name = nameOf(node);
    if (!name || !isDefinition(node, open)) return null;
    this.#names.add(name.startIndex);
    const whole = wholeOf(node);
    const parent = open.findLast(entry => entry !== null) ?? null;
    const entry: OpenNode = {
      kind: kindOf(node, kind, parent),
      name: name.text.trim(),
      nameLine: name.startPosition.row + 1,
      lineStart: whole.startPosition.row + 1,
      lineEnd: lastLine(whole),
      children: [],
    };
    (parent ? parent.children : this.#outline).push(entry);
    return entry;
  }
}

/** A function's name may be deep in its declarator (C), a rule's name is its selectors (CSS). */
function nameOf(node: Node): Node | null {
  const direct = node.childForFieldName('name') ?? node.childForFieldName('left') ?? node.childForFieldName('property');
  if (direct) return direct;
  if (node.type === 'rule_set' || node.type === 'media_statement' || node.type === 'const_element')
    return node.namedChild(0);
  if (node.type === 'impl_item') return node.childForFieldName('type');
  if (node.type === 'function_statement' || node.type === 'class_statement') return node.namedChild(0);
  let declarator =
    node.childForFieldName('declarator') ??
    node.namedChildren.find(child => child?.type.endsWith('declaration')) ??
    null;
  for (let depth = 0; declarator && depth < 20; depth++) {
    const next =
      declarator.childForFieldName('declarator') ?? declarator.childForFieldName('name') ?? firstDeclarator(declarator);
    if (!next) return declarator;
    declarator = next;
  }
  return declarator;
}

const firstDeclarator = (node: Node): Node | null =>
  node.type === 'variable_declaration'
    ? (node.namedChildren.find(child => child?.type === 'variable_declarator') ?? null)
    : null;

/** Variables count where they are global, members, or hold a function; locals are noise. */
function isDefinition(node: Node, open: readonly (OpenNode | null)[]): boolean {
  if (!/^(?:variable_declarator|assignment|variable_assignment|var_spec|const_spec)$/.test(node.type)) return true;
  const value = node.childForFieldName('value');
  if (value && FUNCTION_VALUE.test(value.type)) return true;
  if (node.type === 'assignment' && !/identifier|constant/.test(node.childForFieldName('left')?.type ?? ''))
    return false;
  return !open.some(entry => entry !== null && /^(?:function|method|constructor)$/.test(entry.kind));
}

/** What a reader takes for the definition: with its `export`, its decorators, its `const`. */
function wholeOf(node: Node): Node {
  let whole = node;
  for (let parent = whole.parent; parent; parent = whole.parent) {
    if (
      !/^(?:export_statement|decorated_definition|lexical_declaration|variable_declaration|template_declaration)$/.test(
        parent.type,
      )
    )
      break;
    if (parent.type.endsWith('declaration') && parent.namedChildCount > 1 && parent.type !== 'template_declaration')
      break;
    whole = parent;
  }
  return whole;
}

function kindOf(node: Node, kind: string, parent: OpenNode | null): string {
  const inType = parent !== null && /^(?:class|struct|impl|trait|interface|module)$/.test(parent.kind);
  if (kind === 'function' && inType && parent.kind !== 'module') return 'method';
  if (kind === 'variable' || kind === 'field') {
    const value = node.childForFieldName('value');
    if (value && FUNCTION_VALUE.test(value.type))
      return value.type === 'class' ? 'class' : inType ? 'method' : 'function';
  }
  return kind;
}

/** A node that ends at column 0 ends with the line before. */
const lastLine = (node: Node): number =>
  node.endPosition.column === 0 && node.endPosition.row > node.startPosition.row
    ? node.endPosition.row
    : node.endPosition.row + 1;
