//! What members of a room say to each other.

use seameet::{LeaveReason, ServerEvent};
use serde_json::{Value, json};

use crate::support::{TestServer, open_builder};

fn ids(participants: &Value) -> Vec<&str> {
    let participants = participants.as_array().unwrap();
    participants
        .iter()
        .map(|participant| participant["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn two_members_see_each_other_talk_and_part() {
    let server = TestServer::open();
    let (mut ada, ada_ready) = server.join("lobby").await;
    let (mut bob, bob_ready) = server.join("lobby").await;
    assert_eq!(ids(&ada_ready["peers"]), [""; 0]);
    assert_eq!(
        ids(&bob_ready["peers"]),
        [ada_ready["participant"].as_str().unwrap()]
    );

    let joined = ada.expect("participant_joined").await;
    assert_eq!(joined["participant"]["id"], bob_ready["participant"]);

    bob.send(&json!({ "type": "chat_message", "text": "hello" }))
        .await;
    let heard = ada.expect("chat_message").await;
    assert_eq!(heard["text"], "hello");
    assert_eq!(heard["from"], bob_ready["participant"]);

    bob.send(&json!({ "type": "leave", "id": "bye" })).await;
    assert_eq!(bob.expect("left").await["id"], "bye");
    assert_eq!(bob.expect_close().await, 1000);
    let left = ada.expect("participant_left").await;
    assert_eq!(left["participant"], bob_ready["participant"]);
    assert_eq!(left["reason"], "left");
}

#[tokio::test]
async fn rooms_hear_nothing_of_each_other() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("one").await;
    let (mut eve, eve_ready) = server.join("two").await;
    assert_eq!(ids(&eve_ready["peers"]), [""; 0]);
    eve.send(&json!({ "type": "chat_message", "text": "psst", "room_id": "one" }))
        .await;
    eve.expect("chat_message").await;
    ada.send(&json!({ "type": "ping" })).await;
    assert_eq!(ada.next().await.unwrap()["type"], "pong");
}

#[tokio::test]
async fn a_sender_that_the_client_claims_is_not_believed() {
    let server = TestServer::open();
    let (mut ada, ada_ready) = server.join("lobby").await;
    let (mut eve, eve_ready) = server.join("lobby").await;
    eve.send(&json!({
        "type": "chat_message",
        "text": "I am Ada",
        "from": ada_ready["participant"],
        "participant": ada_ready["participant"],
    }))
    .await;
    assert_eq!(
        ada.expect("chat_message").await["from"],
        eve_ready["participant"]
    );
    // Nor can it make another leave or mute.
    eve.send(&json!({ "type": "leave", "participant": ada_ready["participant"] }))
        .await;
    assert_eq!(
        ada.expect("participant_left").await["participant"],
        eve_ready["participant"]
    );
    assert!(ada.is_served().await);
}

#[tokio::test]
async fn a_second_join_on_one_connection_is_refused_and_changes_nothing() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("lobby").await;
    ada.send(&json!({ "type": "join", "protocol": 1, "room_id": "vault", "id": "2" }))
        .await;
    let error = ada.expect("error").await;
    assert_eq!(
        (&error["code"], &error["id"]),
        (&json!("already_joined"), &json!("2"))
    );
    assert_eq!(server.handle.rooms().len(), 1);
    assert!(ada.is_served().await);
}

#[tokio::test]
async fn a_full_room_refuses_and_says_so() {
    let mut server = TestServer::start(open_builder().max_room_members(1));
    let (_ada, _) = server.join("lobby").await;
    let mut bob = server.connect().await;
    bob.send(&json!({ "type": "join", "protocol": 1, "room_id": "lobby", "id": "j" }))
        .await;
    let error = bob.expect("error").await;
    assert_eq!(
        (&error["code"], &error["id"]),
        (&json!("room_full"), &json!("j"))
    );
    assert_eq!(bob.expect_close().await, 4002);
    let code = server
        .next_event(|event| match event {
            ServerEvent::JoinRefused { code, .. } => Some(code),
            _ => None,
        })
        .await;
    assert_eq!(code, seameet::ErrorCode::RoomFull);
}

#[tokio::test]
async fn a_member_whose_socket_broke_resumes_as_the_same_and_hears_what_it_missed() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("lobby").await;
    let (mut bob, bob_ready) = server.join("lobby").await;
    ada.expect("participant_joined").await;
    // Only who said something is awaited.
    bob.send(&json!({ "type": "reaction", "reaction": "👋" }))
        .await;
    bob.expect("reaction").await;

    drop(bob);
    let updated = ada.expect("participant_updated").await;
    assert_eq!(updated["participant"]["state"], "reconnecting");
    ada.send(&json!({ "type": "chat_message", "text": "are you there?" }))
        .await;
    ada.expect("chat_message").await;

    let mut bob = server.connect().await;
    let resume = json!({ "token": bob_ready["resume"]["token"], "seq": bob_ready["room"]["seq"] });
    bob.send(&json!({ "type": "join", "protocol": 1, "room_id": "lobby", "resume": resume }))
        .await;
    let again = bob.expect("ready").await;
    assert_eq!(again["participant"], bob_ready["participant"]);
    assert_eq!(again["resumed"], true);
    let missed = again["missed"].as_array().unwrap();
    assert!(
        missed.iter().any(|event| event["text"] == "are you there?"),
        "{missed:?}"
    );
    assert_eq!(
        ada.expect("participant_updated").await["participant"]["state"],
        "connected"
    );
}

#[tokio::test]
async fn a_resume_token_that_is_not_known_is_refused() {
    let server = TestServer::open();
    let (_ada, _) = server.join("lobby").await;
    let mut eve = server.connect().await;
    let resume = json!({ "token": "0".repeat(32), "seq": 0 });
    eve.send(&json!({ "type": "join", "protocol": 1, "room_id": "lobby", "resume": resume }))
        .await;
    assert_eq!(eve.expect_error().await, "resume_rejected");
}

#[tokio::test]
async fn events_tell_the_life_of_a_room() {
    let mut server = TestServer::open();
    let (mut ada, ready) = server.join("lobby").await;
    ada.send(&json!({ "type": "raise_hand" })).await;
    ada.expect("participant_updated").await;
    ada.send(&json!({ "type": "leave" })).await;
    ada.expect("left").await;

    let room: seameet::RoomId = "lobby".parse().unwrap();
    let participant = ready["participant"].as_str().unwrap().parse().unwrap();
    let message = |message_type| ServerEvent::MessageReceived {
        participant,
        message_type,
    };
    let mut told = Vec::new();
    server
        .next_event(|event| {
            told.push(event.clone());
            matches!(event, ServerEvent::RoomDestroyed { .. }).then_some(())
        })
        .await;
    let expected = [
        ServerEvent::RoomCreated { room: room.clone() },
        ServerEvent::PeerConnected {
            participant,
            room: room.clone(),
        },
        message("join"),
        message("raise_hand"),
        message("leave"),
        ServerEvent::PeerDisconnected {
            participant,
            room: room.clone(),
            reason: LeaveReason::Left,
        },
        ServerEvent::RoomDestroyed { room },
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn an_offer_that_is_none_is_refused_by_the_media_plane() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("lobby").await;
    ada.send(&json!({ "type": "offer", "id": "o", "sdp": "v=0 nonsense", "tracks": [] }))
        .await;
    let error = ada.expect("error").await;
    assert_eq!(
        (&error["code"], &error["id"]),
        (&json!("bad_sdp"), &json!("o"))
    );
    assert!(ada.is_served().await);
}

#[tokio::test]
async fn the_operator_removes_a_member_and_its_resume_token_with_it() {
    let server = TestServer::open();
    let (mut ada, _) = server.join("lobby").await;
    let (mut eve, ready) = server.join("lobby").await;
    let participant = ready["participant"].as_str().unwrap().parse().unwrap();
    let room = "lobby".parse().unwrap();
    assert!(server.handle.remove_participant(&room, participant).await);
    assert_eq!(eve.expect_close().await, 4003);
    assert_eq!(ada.expect("participant_left").await["reason"], "removed");

    let mut eve = server.connect().await;
    let resume = json!({ "token": ready["resume"]["token"], "seq": 1 });
    eve.send(&json!({ "type": "join", "protocol": 1, "room_id": "lobby", "resume": resume }))
        .await;
    assert_eq!(eve.expect_error().await, "resume_rejected");
}
