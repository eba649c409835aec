// The plurnk language for ANTLR, to measure the hand-written parser against. See generate.mjs.
lexer grammar PlurnkLexer;

@members {
private tag = '';

/** Remembers the tag of the statement that opens. */
private open(): void {
  this.tag = this.text.slice(2);
}

/** Whether the close tag just matched is that of the open statement. */
private closes(): boolean {
  return this.text === ':' + this.tag;
}

/** Whether what follows lets one colon close an empty body: the end of the input, LF, CR or `<`. */
private endsHere(): boolean {
  const next = this.inputStream.LA(1);
  return next === -1 || next === 10 || next === 13 || next === 60;
}
}

THOUGHT : ( '<think>' .*? '</think>' | '<|channel>' .*? '<channel|>' ) -> skip ;
OPEN : '<<' OP WORD* { this.open(); } -> mode(HEADER) ;
PROSE : ~[<]+ | '<' ;

fragment OP : 'PLAN' | 'FIND' | 'READ' | 'EDIT' | 'COPY' | 'MOVE' | 'OPEN' | 'FOLD' | 'EXEC' | 'KILL' | 'SEND' ;
fragment WORD : [A-Za-z0-9_] ;
fragment NUMBER : '-'? [0-9]+ ( '.' [0-9]+ )? ;

mode HEADER;

BLANK : [ \t\r\n]+ -> skip ;
SIGNAL_OPEN : '[' -> mode(SIGNAL) ;
REGEX_TARGET : '(#' ( ~[#\\\r\n<] | '\\' ~[\r\n] | '<' ~[<)\r\n] )* '#' [A-Za-z]* ')' ;
TARGET : '(' ( ~[)\r\n<] | '<' ~[<)\r\n] )* ')' ;
MARKS : '<' NUMBER ( ( '-' | ',' ' '? ) NUMBER )* '>' ;
ONE_COLON : ':' OP WORD* { this.closes() && this.endsHere() }? -> mode(DEFAULT_MODE) ;
COLON : ':' -> mode(BODY) ;

mode SIGNAL;

SEPARATOR : [ \t,]+ -> skip ;
TAG : ( ~[\],<\p{White_Space}] | '<' ~[\],<\p{White_Space}] )+ ;
SIGNAL_CLOSE : ']' -> mode(HEADER) ;

mode BODY;

CLOSE : ':' OP WORD* { this.closes() }? -> mode(DEFAULT_MODE) ;
BODY_TEXT : ~[:]+ | ':' ;
