//! What a server or client does: the one thing that a host does not know.

use std::rc::Rc;

use super::Host;

/// What a server or client does on its host.
///
/// The role's value is its durable state: a directory, a key store, a log. It lives as long as the
/// simulation and survives a crash of its host. Whatever [`boot`](Role::boot) makes (conversations,
/// listeners, channels, sessions) is volatile and gone after one.
///
/// ```
/// use std::rc::Rc;
/// use forestsim::sim::{Host, Role};
///
/// /// Answers every number with its successor.
/// struct Successor;
///
/// impl Role for Successor {
///     fn boot(self: Rc<Self>, host: Host) {
///         let mut listener = host.listen(7);
///         host.clone().spawn(async move {
///             loop {
///                 let mut channel = listener.accept().await;
///                 host.spawn(async move {
///                     while let Ok(number) = channel.receive::<Number>().await {
///                         if channel.send(&Number(number.0 + 1)).await.is_err() {
///                             break;
///                         }
///                     }
///                 });
///             }
///         });
///     }
/// }
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct Number(u64);
/// # impl forestsim::protocol::Message for Number {
/// #     fn protocol(&self) -> &'static str { "numbers" }
/// #     fn title(&self) -> std::borrow::Cow<'static, str> { self.0.to_string().into() }
/// # }
/// ```
pub trait Role {
    /// The host starts, for the first time or after a crash: listen, and begin conversations.
    fn boot(self: Rc<Self>, host: Host);

    /// A person or an administrator does something at this host; what, is between the role and the
    /// one who plays the scenario. Every role of the host is told, so the bytes should begin with
    /// what tells whom they are for.
    fn stimulate(self: Rc<Self>, host: Host, stimulus: Vec<u8>) {
        let _ = (host, stimulus);
    }
}
