//! The messages of Janus' WebSocket interface and of its plugin for video rooms.

use serde::Deserialize;
use serde_json::{Value, json};

/// The plugin.
const PLUGIN: &str = "janus.plugin.videoroom";
/// "Room exists": somebody else was first to make it.
const ROOM_EXISTS: u32 = 427;

/// What Janus says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Incoming {
    /// The kind of message.
    pub(super) janus: String,
    /// The request that it answers.
    pub(super) transaction: Option<String>,
    /// The handle that it is about.
    pub(super) sender: Option<u64>,
    /// A new session or handle.
    pub(super) data: Option<Identity>,
    plugindata: Option<PluginData>,
    pub(super) jsep: Option<Jsep>,
    error: Option<Failure>,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Identity {
    pub(super) id: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct PluginData {
    data: RoomData,
}

/// What the plugin says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct RoomData {
    /// The kind of message.
    pub(super) videoroom: Option<String>,
    /// Of the participant who joined.
    pub(super) id: Option<u64>,
    /// Who publishes: all when one joins, and later those who are new.
    #[serde(default)]
    pub(super) publishers: Vec<Identity>,
    error_code: Option<u32>,
    error: Option<String>,
}

/// A session description.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Jsep {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) sdp: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Failure {
    code: u32,
    reason: String,
}

impl Incoming {
    /// What the plugin says; nothing if it is not from the plugin.
    pub(super) fn room(&self) -> RoomData {
        let data = self.plugindata.as_ref().map(|plugin| plugin.data.clone());
        data.unwrap_or_default()
    }

    /// Why the request was refused, if it was.
    pub(super) fn refusal(&self) -> Option<String> {
        if let Some(failure) = &self.error {
            return Some(format!("{} {}", failure.code, failure.reason));
        }
        let data = &self.plugindata.as_ref()?.data;
        let code = data.error_code.filter(|code| *code != ROOM_EXISTS)?;
        Some(format!("{code} {}", data.error.as_deref().unwrap_or("")))
    }
}

/// A room to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) id: u64,
    /// Most who may publish.
    pub(super) publishers: u32,
    /// The codec of pictures.
    pub(super) codec: &'static str,
}

/// Requests of a session.
pub(super) fn create() -> Value {
    json!({ "janus": "create", "transaction": "session" })
}

pub(super) fn keep_alive(session: u64) -> Value {
    json!({ "janus": "keepalive", "session_id": session, "transaction": "keepalive" })
}

pub(super) fn destroy(session: u64) -> Value {
    json!({ "janus": "destroy", "session_id": session, "transaction": "destroy" })
}

pub(super) fn attach(session: u64, transaction: &str) -> Value {
    json!({ "janus": "attach", "session_id": session, "plugin": PLUGIN, "transaction": transaction })
}

/// A request to the plugin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    pub(super) session: u64,
    pub(super) handle: u64,
}

impl Sender {
    pub(super) fn message(
        self,
        transaction: &str,
        body: &Value,
        jsep: Option<(&str, &str)>,
    ) -> Value {
        let mut message = json!({
            "janus": "message",
            "session_id": self.session,
            "handle_id": self.handle,
            "transaction": transaction,
            "body": body,
        });
        if let Some((kind, sdp)) = jsep {
            // All candidates are in the description.
            message["jsep"] = json!({ "type": kind, "sdp": sdp, "trickle": false });
        }
        message
    }
}

/// Bodies of requests to the plugin.
pub(super) fn make_room(room: Room) -> Value {
    json!({
        "request": "create",
        "room": room.id,
        "publishers": room.publishers,
        "bitrate": 0,
        "audiocodec": "opus",
        "videocodec": room.codec,
        "permanent": false,
        "is_private": true,
    })
}

pub(super) fn join(room: u64, name: &str) -> Value {
    json!({ "request": "join", "ptype": "publisher", "room": room, "display": name })
}

pub(super) fn publish() -> Value {
    json!({ "request": "publish" })
}

/// Asks for all streams of some publishers; the first time as a new subscriber.
pub(super) fn subscribe(room: u64, feeds: &[u64], is_first: bool) -> Value {
    let streams: Vec<_> = feeds.iter().map(|feed| json!({ "feed": feed })).collect();
    if is_first {
        json!({ "request": "join", "ptype": "subscriber", "room": room, "streams": streams })
    } else {
        json!({ "request": "subscribe", "streams": streams })
    }
}

pub(super) fn start(room: u64) -> Value {
    json!({ "request": "start", "room": room })
}
