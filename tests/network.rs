//! What the network does to those who use it: names, ways, firewalls, connections, datagrams.

mod net;

use forestsim::time::Span;
use net::{Net, Say};

#[test]
fn a_question_crosses_and_an_answer_comes_back() {
    let mut net = Net::default();
    net.zone("lan", 1).host("client", "lan").host("server", "lan");
    net.role("server", |host| async move {
        let mut listener = host.listen(80);
        loop {
            let mut channel = listener.accept().await;
            host.spawn(async move {
                while let Ok(Say(text)) = channel.receive().await {
                    let _ = channel.send(&Say(format!("{text}, too"))).await;
                }
            });
        }
    });
    let said = net.ask("client", |host| async move {
        let mut channel = host.connect(&"server".into(), 80).await.unwrap();
        channel.send(&Say("hello".into())).await.unwrap();
        let Say(answer) = channel.receive().await.unwrap();
        (answer, host.now())
    });
    let run = net.run();
    let (answer, at) = said.take().unwrap();
    assert_eq!(answer, "hello, too");
    // Opening and asking cost one round trip of two milliseconds each.
    assert_eq!(at - run.start, Span::millis(4));
    // The end of the connection and its acknowledgement take two more.
    assert_eq!(run.end - run.start, Span::millis(6));
}
