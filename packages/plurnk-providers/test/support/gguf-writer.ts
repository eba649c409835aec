import { seededRandom } from './seeded-random.ts';

/** Sizes of the tiny model; about 300 kB. */
const EMBEDDING = 64;
const HEADS = 4;
const FEED_FORWARD = 128;
const CONTEXT = 4096;
const ALIGNMENT = 32;
const BYTE_TOKENS = 256;
/** `<unk>`, `<s>`, `</s>` come before the bytes. */
export const FIRST_BYTE_TOKEN = 3;
export const END_TOKEN = 2;

const TYPE_U32 = 4;
const TYPE_F32 = 6;
const TYPE_STRING = 8;
const TYPE_ARRAY = 9;
const TYPE_I32 = 5;

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A GGUF file of a llama with one block and seeded random weights, whose tokens are the 256 bytes. */
export function writeRandomModel(seed: number): Buffer {
  const tensors = makeTensors(seed);
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(metadata().length),
    ...metadata(),
    ...tensorInfos(tensors),
  ]);
  return Buffer.concat([
    padded(header),
    ...tensors.map(tensor =>
      padded(Buffer.from(tensor.values.buffer, tensor.values.byteOffset, tensor.values.byteLength)),
    ),
  ]);
}

function makeTensors(seed: number): Tensor[] {
  const random = seededRandom(seed);
  const vocabulary = FIRST_BYTE_TOKEN + BYTE_TOKENS;
  const matrix = (name: string, ...shape: number[]): Tensor => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    return { name, shape, values: values.map(() => (random() - 0.5) * 0.4) };
  };
  const ones = (name: string): Tensor => ({ name, shape: [EMBEDDING], values: new Float32Array(EMBEDDING).fill(1) });
  return [
    matrix('token_embd.weight', EMBEDDING, vocabulary),
    ones('output_norm.weight'),
    matrix('output.weight', EMBEDDING, vocabulary),
    ones('blk.0.attn_norm.weight'),
    matrix('blk.0.attn_q.weight', EMBEDDING, EMBEDDING),
    matrix('blk.0.attn_k.weight', EMBEDDING, EMBEDDING),
    matrix('blk.0.attn_v.weight', EMBEDDING, EMBEDDING),
    matrix('blk.0.attn_output.weight', EMBEDDING, EMBEDDING),
    ones('blk.0.ffn_norm.weight'),
    matrix('blk.0.ffn_gate.weight', EMBEDDING, FEED_FORWARD),
    matrix('blk.0.ffn_up.weight', EMBEDDING, FEED_FORWARD),
    matrix('blk.0.ffn_down.weight', FEED_FORWARD, EMBEDDING),
  ];
}

function metadata(): Buffer[] {
  const bytes = Array.from(
    { length: BYTE_TOKENS },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const tokens = ['<unk>', '<s>', '</s>', ...bytes];
  const types = [2, 3, 3, ...bytes.map(() => 6)];
  return [
    text('general.architecture', 'llama'),
    text('general.name', 'plurnk-random'),
    number('llama.block_count', 1),
    number('llama.context_length', CONTEXT),
    number('llama.embedding_length', EMBEDDING),
    number('llama.feed_forward_length', FEED_FORWARD),
    number('llama.attention.head_count', HEADS),
    number('llama.attention.head_count_kv', HEADS),
    number('llama.rope.dimension_count', EMBEDDING / HEADS),
    number('llama.vocab_size', tokens.length),
    pair('llama.attention.layer_norm_rms_epsilon', TYPE_F32, f32(1e-5)),
    text('tokenizer.ggml.model', 'llama'),
    list('tokenizer.ggml.tokens', TYPE_STRING, tokens.map(string)),
    list(
      'tokenizer.ggml.scores',
      TYPE_F32,
      tokens.map(() => f32(0)),
    ),
    list('tokenizer.ggml.token_type', TYPE_I32, types.map(u32)),
    number('tokenizer.ggml.bos_token_id', 1),
    number('tokenizer.ggml.eos_token_id', END_TOKEN),
    number('tokenizer.ggml.unknown_token_id', 0),
  ];
}

function tensorInfos(tensors: readonly Tensor[]): Buffer[] {
  let offset = 0;
  return tensors.map(tensor => {
    const info = Buffer.concat([
      string(tensor.name),
      u32(tensor.shape.length),
      ...tensor.shape.map(u64),
      u32(0),
      u64(offset),
    ]);
    offset += Math.ceil(tensor.values.byteLength / ALIGNMENT) * ALIGNMENT;
    return info;
  });
}

function padded(buffer: Buffer): Buffer {
  const rest = buffer.byteLength % ALIGNMENT;
  return rest === 0 ? buffer : Buffer.concat([buffer, Buffer.alloc(ALIGNMENT - rest)]);
}

function pair(key: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([string(key), u32(type), value]);
}

const text = (key: string, value: string): Buffer => pair(key, TYPE_STRING, string(value));
const number = (key: string, value: number): Buffer => pair(key, TYPE_U32, u32(value));
const list = (key: string, type: number, items: readonly Buffer[]): Buffer =>
  pair(key, TYPE_ARRAY, Buffer.concat([u32(type), u64(items.length), ...items]));

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.byteLength), bytes]);
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function u64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function f32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return buffer;
}
