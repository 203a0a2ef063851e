"""Scopes: the nation, its regional offices and their centres, as the centres themselves said when they opened."""
