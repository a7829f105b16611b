use super::*;
use crate::view::sample;

#[test]
fn columns_and_rows_follow_the_run() {
    let mut trace = sample::trace();
    trace.topology = vec!["hosts.ws.zone = perimeter".into(), "hosts.fs-r.zone = perimeter".into()];
    let sequence = Sequence::of(&trace, 100);
    let hosts: Vec<&str> = sequence.columns.iter().map(|column| column.host.as_str()).collect();
    assert_eq!(hosts, ["sally-laptop", "ws", "fs-r"]);
    assert_eq!(sequence.groups(), [("", 1), ("perimeter", 2)]);
    let lost = sequence.rows.iter().filter(|row| matches!(row.kind, RowKind::Message { lost: Some(_), .. }));
    assert_eq!((lost.count(), sequence.left_out), (1, 0));
}

#[test]
fn what_is_cut_is_counted_and_what_is_repeated_is_told_once() {
    let mut script = sample::Script::new();
    script.step("again and again", "ws asks");
    for _ in 0..5 {
        script.sent("ws", "fs-r", "SOAP", 443, "are you there?");
    }
    script.sent("fs-r", "ws", "SOAP", 443, "yes");
    let trace = script.finish();
    let whole = Sequence::of(&trace, 100);
    assert_eq!((whole.rows.len(), whole.rows[1].times), (3, 5));
    let cut = Sequence::of(&trace, 2);
    assert_eq!((cut.rows.len(), cut.left_out), (2, 4));
    assert!(mermaid::render(&cut).contains("4 more messages are left out"));
}

#[test]
fn nothing_in_a_text_steers_a_drawing() {
    let mut script = sample::Script::new();
    script.step("a \"step\"; end", "<script>");
    script.sent("ws", "fs-r", "SOAP", 443, "x#;\nend <script>alert(1)</script>");
    let trace = script.finish();
    let sequence = Sequence::of(&trace, 10);
    let drawn = mermaid::render(&sequence);
    assert!(drawn.lines().all(|line| line.starts_with("    ") || line == "sequenceDiagram"), "{drawn}");
    assert!(drawn.contains("x#35;#59; end"), "{drawn}");
    let drawn = svg::render(&sequence);
    assert!(!drawn.contains("<script>") && drawn.contains("&lt;script&gt;"), "{drawn}");
}
