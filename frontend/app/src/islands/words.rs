//! The words of an island.

/// Declares the words of an island: a struct of `String` fields, which travels among the texts that the
/// island is handed (`props.rs`).
macro_rules! island_words {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[$doc:meta])* pub $field:ident: String,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$doc])* pub $field: String,)+
        }

        #[cfg(any(feature = "hydrate", test))]
        impl $name {
            /// Reads them in the order of the fields.
            pub fn take(props: &mut $crate::islands::props::Props) -> Self {
                Self { $($field: props.take(),)+ }
            }
        }

        #[cfg(feature = "ssr")]
        impl From<$name> for Vec<String> {
            fn from(words: $name) -> Self {
                vec![$(words.$field),+]
            }
        }
    };
}
