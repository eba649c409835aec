/**
 * The languages that have a tree-sitter grammar (RES-44): which file holds it, which nodes define a name and what
 * each is called in the outline. Adding a language is one row.
 */
export interface SourceLanguage {
  readonly grammar: string;
  readonly mimetypes: readonly string[];
  readonly definitions: Readonly<Record<string, string>>;
}

const SCRIPT = {
  function_declaration: 'function',
  generator_function_declaration: 'function',
  class_declaration: 'class',
  method_definition: 'method',
  variable_declarator: 'variable',
  field_definition: 'field',
};
const TYPESCRIPT = {
  ...SCRIPT,
  abstract_class_declaration: 'class',
  interface_declaration: 'interface',
  type_alias_declaration: 'type',
  enum_declaration: 'enum',
  public_field_definition: 'field',
  property_signature: 'field',
  method_signature: 'method',
  abstract_method_signature: 'method',
  function_signature: 'function',
  internal_module: 'namespace',
  module: 'namespace',
};
const CPP = {
  namespace_definition: 'namespace',
  class_specifier: 'class',
  struct_specifier: 'struct',
  union_specifier: 'union',
  enum_specifier: 'enum',
  enumerator: 'constant',
  function_definition: 'function',
  field_declaration: 'field',
  type_definition: 'type',
  alias_declaration: 'type',
  preproc_def: 'macro',
  preproc_function_def: 'macro',
};

export const SOURCE_LANGUAGES: readonly SourceLanguage[] = [
  { grammar: 'typescript', mimetypes: ['text/typescript'], definitions: TYPESCRIPT },
  { grammar: 'tsx', mimetypes: ['text/tsx'], definitions: TYPESCRIPT },
  { grammar: 'javascript', mimetypes: ['text/javascript', 'text/jsx'], definitions: SCRIPT },
  {
    grammar: 'python',
    mimetypes: ['text/x-python'],
    definitions: { class_definition: 'class', function_definition: 'function', assignment: 'variable' },
  },
  {
    grammar: 'go',
    mimetypes: ['text/x-go'],
    definitions: {
      type_spec: 'type',
      type_alias: 'type',
      function_declaration: 'function',
      method_declaration: 'method',
      method_elem: 'method',
      field_declaration: 'field',
      const_spec: 'constant',
      var_spec: 'variable',
    },
  },
  {
    grammar: 'rust',
    mimetypes: ['text/x-rust'],
    definitions: {
      struct_item: 'struct',
      enum_item: 'enum',
      enum_variant: 'constant',
      union_item: 'union',
      trait_item: 'trait',
      impl_item: 'impl',
      function_item: 'function',
      function_signature_item: 'function',
      mod_item: 'module',
      const_item: 'constant',
      static_item: 'variable',
      type_item: 'type',
      macro_definition: 'macro',
      field_declaration: 'field',
    },
  },
  {
    grammar: 'java',
    mimetypes: ['text/x-java'],
    definitions: {
      class_declaration: 'class',
      interface_declaration: 'interface',
      enum_declaration: 'enum',
      enum_constant: 'constant',
      record_declaration: 'record',
      annotation_type_declaration: 'annotation',
      method_declaration: 'method',
      constructor_declaration: 'constructor',
      field_declaration: 'field',
    },
  },
  { grammar: 'cpp', mimetypes: ['text/x-c', 'text/x-c++'], definitions: CPP },
  {
    grammar: 'c-sharp',
    mimetypes: ['text/x-csharp'],
    definitions: {
      namespace_declaration: 'namespace',
      file_scoped_namespace_declaration: 'namespace',
      class_declaration: 'class',
      struct_declaration: 'struct',
      interface_declaration: 'interface',
      enum_declaration: 'enum',
      enum_member_declaration: 'constant',
      record_declaration: 'record',
      delegate_declaration: 'type',
      method_declaration: 'method',
      constructor_declaration: 'constructor',
      property_declaration: 'property',
      field_declaration: 'field',
      local_function_statement: 'function',
    },
  },
  {
    grammar: 'ruby',
    mimetypes: ['text/x-ruby'],
    definitions: {
      module: 'module',
      class: 'class',
      method: 'method',
      singleton_method: 'method',
      assignment: 'variable',
    },
  },
  {
    grammar: 'php',
    mimetypes: ['text/x-php'],
    definitions: {
      namespace_definition: 'namespace',
      class_declaration: 'class',
      interface_declaration: 'interface',
      trait_declaration: 'trait',
      enum_declaration: 'enum',
      enum_case: 'constant',
      function_definition: 'function',
      method_declaration: 'method',
      const_element: 'constant',
      property_element: 'field',
    },
  },
  {
    grammar: 'bash',
    mimetypes: ['text/x-shellscript'],
    definitions: { function_definition: 'function', variable_assignment: 'variable' },
  },
  { grammar: 'css', mimetypes: ['text/css'], definitions: { rule_set: 'rule', media_statement: 'media' } },
];

const BY_MIMETYPE = new Map(SOURCE_LANGUAGES.flatMap(language => language.mimetypes.map(type => [type, language])));

/** null: no grammar for this mimetype, so its outline is empty. */
export const languageOf = (mimetype: string): SourceLanguage | null => BY_MIMETYPE.get(mimetype) ?? null;
